import type { TextTest } from './ast.ts';

/**
 * The test that a text function does: without case, and with the wildcards of SQL inside the text: `%` any run, `_` any character,
 * `[abc]` one of a set, `[^abc]` none of it. A bracket that does not close stands for itself.
 * https://learn.microsoft.com/power-apps/developer/data-platform/wildcard-characters
 */
export function compilePattern(test: TextTest, text: string): (value: string) => boolean {
  const before = test === 'startswith' ? '' : '%';
  const after = test === 'endswith' ? '' : '%';
  const parts = cut(`${before}${text.toLowerCase()}${after}`);
  return (value) => matches(parts, [...value.toLowerCase()]);
}

/** One character of a pattern: any run of characters, or a test of one. */
type Part = 'run' | ((character: string) => boolean);

function cut(pattern: string): readonly Part[] {
  const found = pattern.matchAll(/\[(\^?)([^\]]+)\]|([\s\S])/gu);
  return [...found].map(([, negation, set, single = '']): Part => {
    if (set !== undefined) {
      const isIn = inSet(set);
      return negation === '^' ? (character) => !isIn(character) : isIn;
    }
    if (single === '%') return 'run';
    return single === '_' ? () => true : (character) => character === single;
  });
}

function inSet(set: string): (character: string) => boolean {
  const ranges = [...set.matchAll(/([\s\S])-([\s\S])|([\s\S])/gu)].map(([, from, to, single = '']) => ({
    from: from ?? single,
    to: to ?? single,
  }));
  return (character) => ranges.some(({ from, to }) => character >= from && character <= to);
}

/** Walks both sides once and goes back only to the last run, so no pattern takes more than length times length steps. */
function matches(parts: readonly Part[], characters: readonly string[]): boolean {
  let part = 0;
  let position = 0;
  let run = -1;
  let resume = 0;
  while (position < characters.length) {
    const here = parts[part];
    if (here === 'run') {
      run = part;
      resume = position;
      part += 1;
    } else if (here?.(characters[position] ?? '') === true) {
      part += 1;
      position += 1;
    } else if (run >= 0) {
      part = run + 1;
      resume += 1;
      position = resume;
    } else return false;
  }
  return parts.slice(part).every((rest) => rest === 'run');
}
