/** The grammar in the EBNF of the W3C; tokens as regular expressions of ECMAScript. */
import type { Lexeme, Part, Rule } from './model.ts';

const WIDTH = 100;

/** `classes` are named sets of characters, which the patterns of tokens are written with. */
export function printEbnf(
  rules: readonly Rule[],
  lexemes: readonly Lexeme[],
  classes: ReadonlyMap<string, string>,
): string {
  const width = Math.max(...[...rules, ...lexemes].map(({ name }) => name.length));
  const head = (name: string): string => `${name.padEnd(width)} ::= `;
  return [
    '/* The where language. Generated from the parser by `npm run generate`. Do not edit.\n   Blanks stand between any two tokens. Keywords are read in any case. */',
    ...rules.map(({ name, about, part }) => `/* ${about} */\n${head(name)}${format(part, width + 5, false)}`),
    `/* Tokens, as regular expressions of ECMAScript, in the order in which they are tried.\n   ${[...classes].map(([name, set]) => `<${name}> stands for ${set}`).join('\n   ')} */`,
    ...lexemes.map(({ name, about, source }) => `/* ${about} */\n${head(name)}/${source}/`),
  ]
    .join('\n\n')
    .concat('\n');
}

/** On one line where it fits, else with a line for each choice. `isTight`: something stands beside it. */
function format(part: Part, column: number, isTight: boolean): string {
  const line = print(part, isTight);
  if (column + line.length <= WIDTH) return line;
  if (part.kind === 'sequence') {
    let text = '';
    for (const inner of part.parts) {
      const at = text.includes('\n') ? text.length - text.lastIndexOf('\n') - 1 : column + text.length;
      text += (text === '' ? '' : ' ') + format(inner, at + 1, true);
    }
    return text;
  }
  if (part.kind !== 'choice') return line;
  const indent = `\n${' '.repeat(isTight ? column : column - 2)}`;
  const lines = part.parts.map((inner) => format(inner, column + 2, false)).join(`${indent}| `);
  return isTight ? `( ${lines}${indent})` : lines;
}

function print(part: Part, isTight: boolean): string {
  switch (part.kind) {
    case 'word':
      return `'${part.text}'`;
    case 'name':
      return part.name;
    case 'sequence':
      return part.parts.map((inner) => print(inner, true)).join(' ');
    case 'choice': {
      const text = part.parts.map((inner) => print(inner, false)).join(' | ');
      return isTight ? `( ${text} )` : text;
    }
    case 'optional':
      return `${group(part.part)}?`;
    case 'repeat':
      return `${group(part.part)}*`;
    case 'list':
      return `${print(part.part, true)} ( ${print(part.separator, true)} ${print(part.part, true)} )*`;
  }
}

function group(part: Part): string {
  return part.kind === 'word' || part.kind === 'name' ? print(part, true) : `( ${print(part, false)} )`;
}
