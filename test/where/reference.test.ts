/** Every example of grammar/where.md does what the page says. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Bindings, Field, FieldType } from '../../src/where/ast.ts';
import { checkWhere } from '../../src/where/check.ts';
import { compileFilter } from '../../src/where/evaluate.ts';
import { field } from './arbitrary.ts';

const page = readFileSync(new URL('../../grammar/where.md', import.meta.url), 'utf8');

/** The contents of all code blocks with this heading. */
function blocks(heading: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${heading}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    (match) => match[1] ?? '',
  );
}

type FieldText = FieldType | ({ readonly type: FieldType } & Partial<Field>);
const declared = JSON.parse(blocks('json fields').join('')) as Record<string, FieldText>;
const fields = new Map(
  Object.entries(declared).map(([name, text]) => [
    name,
    typeof text === 'string' ? field(name, text) : field(name, text.type, text),
  ]),
);
const records = JSON.parse(blocks('json records').join('')) as Record<string, unknown>;
const bindings: Bindings = {
  parameters: { since: Date.UTC(2026, 0, 31), until: Date.UTC(2026, 1, 1) },
  nowMs: Date.UTC(2026, 1, 1),
};

const examples = blocks('where')
  .flatMap((block) => block.trim().split('\n\n'))
  .map((example) => {
    const [text = '', result = ''] = example.split('\n→ ');
    return { text, result };
  });

/** The result as the page writes it: who passes, and the codes of what is said. */
function resultOf(text: string): string {
  const { where, diagnostics } = checkWhere(text, fields, { windowParameters: true });
  const codes = diagnostics.map(({ code }) => code).join(', ');
  if (where === null) return codes;
  const test = compileFilter(where.normal, where.fields)(bindings);
  const passing = Object.keys(records).filter((id) => test(records[id]));
  return [passing.join(', ') || 'none', codes].filter((part) => part !== '').join('; ');
}

describe('the reference', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(40);
  });

  it.each(examples)('$text', ({ text, result }) => {
    expect(resultOf(text)).toBe(result);
  });

  it('shows every operator of its table at work', () => {
    const shown = [...page.matchAll(/^\|.*\| `([^`]+)` +\|$/gm)].map((match) => match[1] ?? '');
    expect(shown).toHaveLength(8);
    for (const text of shown) expect(checkWhere(text, fields).diagnostics, text).toEqual([]);
  });
});
