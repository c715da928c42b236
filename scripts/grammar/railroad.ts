/** Railroad diagrams of the rules as SVG, in one page that needs nothing else. */
import type { Lexeme, Part, Rule } from './model.ts';

/** A drawn part: the line enters at (0, 0) and leaves at (width, 0). */
interface Drawing {
  readonly width: number;
  /** How far it reaches above and below the line. */
  readonly up: number;
  readonly down: number;
  readonly svg: string;
}

const CHARACTER = 8.2;
const BOX = 13;
const GAP = 12;
const ROW = 12;
const CURVE = 10;

/** `classes` are named sets of characters, which the patterns of tokens are written with. */
export function drawPage(
  rules: readonly Rule[],
  lexemes: readonly Lexeme[],
  classes: ReadonlyMap<string, string>,
): string {
  const sections = rules.map(
    ({ name, about, part }) => `<h2 id="${name}">${name}</h2>\n<p>${escapeHtml(about)}</p>\n${drawRule(part)}`,
  );
  const rows = lexemes.map(
    ({ name, about, source }) =>
      `<tr id="${name}"><th>${name}</th><td>${escapeHtml(about)}</td><td><code>${escapeHtml(source)}</code></td></tr>`,
  );
  const sets = [...classes].map(
    ([name, set]) => `<tr><th>&lt;${name}&gt;</th><td>Characters.</td><td><code>${escapeHtml(set)}</code></td></tr>`,
  );
  return `<!doctype html>
<!-- Generated from the parser by \`npm run generate\`. Do not edit. -->
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The where language: grammar</title>
<style>
  :root { color-scheme: light dark; --line: #57606a; --box: #ddf4ff; --word: #fff1e5; --text: #1f2328; --page: #fff }
  @media (prefers-color-scheme: dark) { :root { --line: #9198a1; --box: #0c2d6b; --word: #5a1e02; --text: #f0f6fc; --page: #0d1117 } }
  body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
  h2 { margin: 2rem 0 0 } p { margin: 0 0 .5rem }
  svg { display: block; max-width: 100%; height: auto }
  svg path { fill: none; stroke: var(--line); stroke-width: 1.5 }
  svg rect { fill: var(--box); stroke: var(--line) } svg .word { fill: var(--word) }
  svg text { font: 14px ui-monospace, monospace; fill: var(--text); text-anchor: middle }
  table { border-collapse: collapse } th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0 }
  code { font: 12px ui-monospace, monospace; overflow-wrap: anywhere }
</style>
<h1>The where language: grammar</h1>
<p>Blanks stand between any two tokens. Keywords are read in any case. The reference is where.md.</p>
${sections.join('\n')}
<h2>Tokens</h2>
<table>
${[...rows, ...sets].join('\n')}
</table>
</html>
`;
}

function drawRule(part: Part): string {
  const drawing = draw(part);
  const width = drawing.width + 2 * GAP + 8;
  const height = drawing.up + drawing.down + 8;
  const y = drawing.up + 4;
  const ends = `${path(`M4 ${y - 6}v12M4 ${y}h${GAP}`)}${path(`M${4 + GAP + drawing.width} ${y}h${GAP}v-6v12`)}`;
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${ends}${move(drawing, 4 + GAP, y)}</svg>`;
}

function draw(part: Part): Drawing {
  switch (part.kind) {
    case 'word':
      return box(part.text, 'word');
    case 'name':
      return box(part.name, 'name');
    case 'sequence':
      return sequence(part.parts.map(draw));
    case 'choice':
      return choice(part.parts.map(draw));
    case 'optional':
      return choice([skip, draw(part.part)]);
    case 'repeat':
      return choice([skip, loop(draw(part.part), skip)]);
    case 'list':
      return loop(draw(part.part), draw(part.separator));
  }
}

const skip: Drawing = { width: 0, up: 0, down: 0, svg: '' };

function box(text: string, kind: 'word' | 'name'): Drawing {
  const width = Math.round(text.length * CHARACTER + 20);
  const label = `<text x="${width / 2}" y="5">${escapeHtml(text)}</text>`;
  const frame = `<rect class="${kind}" y="${-BOX}" width="${width}" height="${2 * BOX}" rx="${kind === 'word' ? BOX : 2}"/>${label}`;
  return { width, up: BOX, down: BOX, svg: kind === 'name' ? `<a href="#${text}">${frame}</a>` : frame };
}

function sequence(parts: readonly Drawing[]): Drawing {
  let x = 0;
  const pieces = parts.map((part, index) => {
    const line = index === 0 ? '' : path(`M${x} 0h${GAP}`);
    if (index > 0) x += GAP;
    const piece = line + move(part, x, 0);
    x += part.width;
    return piece;
  });
  return { width: x, up: highest(parts), down: Math.max(...parts.map(({ down }) => down)), svg: pieces.join('') };
}

/** The first part on the line, the others below it. */
function choice(parts: readonly Drawing[]): Drawing {
  const inner = Math.max(...parts.map(({ width }) => width));
  const width = inner + 4 * CURVE;
  let y = 0;
  let below = 0;
  const pieces = parts.map((part, index) => {
    if (index > 0) y += below + ROW + part.up;
    // A branch turns off the line with two curves, which need this much room.
    if (index > 0) y = Math.max(y, 2 * CURVE);
    below = part.down;
    return branch(part, inner, index === 0 ? 0 : y);
  });
  return { width, up: parts[0]?.up ?? 0, down: y + below, svg: pieces.join('') };
}

function branch(part: Drawing, inner: number, y: number): string {
  const rest = inner - part.width;
  const after = 2 * CURVE + part.width;
  if (y === 0) return path(`M0 0h${2 * CURVE}`) + move(part, 2 * CURVE, 0) + path(`M${after} 0h${rest + 2 * CURVE}`);
  const fall = y - 2 * CURVE;
  const off = `M0 0q${CURVE} 0 ${CURVE} ${CURVE}v${fall}q0 ${CURVE} ${CURVE} ${CURVE}`;
  const back = `M${after} ${y}h${rest}q${CURVE} 0 ${CURVE} ${-CURVE}v${-fall}q0 ${-CURVE} ${CURVE} ${-CURVE}`;
  return path(off) + move(part, 2 * CURVE, y) + path(back);
}

/** The part on the line, and the way back below it. */
function loop(part: Drawing, between: Drawing): Drawing {
  const inner = Math.max(part.width, between.width);
  const width = inner + 4 * CURVE;
  const y = Math.max(part.down + ROW + between.up, 2 * CURVE);
  const fall = y - 2 * CURVE;
  const right = 2 * CURVE + inner;
  const start = right - between.width;
  const line =
    path(`M0 0h${2 * CURVE}`) +
    move(part, 2 * CURVE, 0) +
    path(`M${2 * CURVE + part.width} 0h${inner - part.width + 2 * CURVE}`);
  const down = path(`M${right} 0q${CURVE} 0 ${CURVE} ${CURVE}v${fall}q0 ${CURVE} ${-CURVE} ${CURVE}`);
  const up = path(
    `M${start} ${y}h${between.width - inner}q${-CURVE} 0 ${-CURVE} ${-CURVE}v${-fall}q0 ${-CURVE} ${CURVE} ${-CURVE}`,
  );
  return { width, up: part.up, down: y + between.down, svg: line + down + move(between, start, y) + up };
}

function highest(parts: readonly Drawing[]): number {
  return Math.max(...parts.map(({ up }) => up));
}

function move(part: Drawing, x: number, y: number): string {
  return part.svg === '' ? '' : `<g transform="translate(${x} ${y})">${part.svg}</g>`;
}

function path(steps: string): string {
  return `<path d="${steps}"/>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
