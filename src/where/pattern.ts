/**
 * LIKE patterns: `%` any run, `_` one code point, `\` takes the next character literally. Matched by two pointers
 * with one place to go back to, so no pattern takes longer than text × pattern.
 */

type Step =
  | { readonly kind: 'literal'; readonly points: readonly string[] }
  | { readonly kind: 'any' }
  | { readonly kind: 'run' };

/** A test for text. `caseless` compares letters without their case, one code point at a time, in no locale. */
export function compilePattern(pattern: string, caseless: boolean): (text: string) => boolean {
  const steps = parsePattern(caseless ? fold(pattern) : pattern);
  const match = compileSimple(steps) ?? compileGeneral(steps);
  return caseless ? (text) => match(fold(text)) : match;
}

/**
 * Text with each code point in its simple lower case, so that lengths in code points stay. ASCII letters keep to
 * themselves: that a dotless i, a long s or a Kelvin sign were an i, an s or a k, no vendor’s own folding agrees on.
 */
export function fold(text: string): string {
  let folded = '';
  for (const point of text) {
    const upper = point.toUpperCase();
    const lower = (isOnePoint(upper) ? upper : point).toLowerCase();
    folded += isOnePoint(lower) && isAscii(lower) === isAscii(point) ? lower : point;
  }
  return folded;
}

function isAscii(point: string): boolean {
  return point < '\u0080';
}

function isOnePoint(text: string): boolean {
  return text.length === 1 || (text.length === 2 && (text.codePointAt(0) ?? 0) > 0xffff);
}

function parsePattern(pattern: string): Step[] {
  const steps: Step[] = [];
  let literal: string[] = [];
  const flush = (): void => {
    if (literal.length > 0) steps.push({ kind: 'literal', points: literal });
    literal = [];
  };
  const points = [...pattern];
  for (let index = 0; index < points.length; index++) {
    const point = points[index] as string;
    if (point === '\\' && index + 1 < points.length) literal.push(points[++index] as string);
    else if (point === '%') {
      flush();
      if (steps.at(-1)?.kind !== 'run') steps.push({ kind: 'run' });
    } else if (point === '_') {
      flush();
      steps.push({ kind: 'any' });
    } else literal.push(point);
  }
  flush();
  return steps;
}

/** The shapes people write nearly always need no matcher: no wildcard, or `%` at the ends only. */
function compileSimple(steps: readonly Step[]): ((text: string) => boolean) | null {
  const shape = steps.map((step) => step.kind).join(' ');
  const literal = steps.find((step) => step.kind === 'literal');
  const piece = literal?.kind === 'literal' ? literal.points.join('') : '';
  switch (shape) {
    case '':
    case 'literal':
      return (text) => text === piece;
    case 'run':
      return () => true;
    case 'literal run':
      return (text) => text.startsWith(piece);
    case 'run literal':
      return (text) => text.endsWith(piece);
    case 'run literal run':
      return (text) => text.includes(piece);
    default:
      return null;
  }
}

/** One entry per code point: the point itself, or one of the two wildcards. */
const ANY = Symbol('one code point');
const RUN = Symbol('any run');

function compileGeneral(steps: readonly Step[]): (text: string) => boolean {
  const goal = steps.flatMap((step): (string | symbol)[] =>
    step.kind === 'literal' ? [...step.points] : [step.kind === 'any' ? ANY : RUN],
  );
  return (text) => matchPoints([...text], goal);
}

function matchPoints(points: readonly string[], goal: readonly (string | symbol)[]): boolean {
  let at = 0;
  let step = 0;
  let runStep = -1;
  let runAt = 0;
  while (at < points.length) {
    if (goal[step] === RUN) {
      runStep = step++;
      runAt = at;
    } else if (step < goal.length && (goal[step] === ANY || goal[step] === points[at])) {
      at++;
      step++;
    } else if (runStep >= 0) {
      // The last run takes one more; earlier runs never need to change.
      step = runStep + 1;
      at = ++runAt;
    } else return false;
  }
  while (goal[step] === RUN) step++;
  return step === goal.length;
}
