/** Expressions of nested calls, as two vendors read them. */
import { Scanner } from './reader.ts';

export type Call =
  | { readonly call: string; readonly args: readonly Call[] }
  | { readonly compare: string; readonly args: readonly [Call, Call] }
  | { readonly list: readonly Call[] }
  | { readonly field: string }
  | { readonly text: string }
  | { readonly bare: string };

/** `field` is how a field stands in the text; group 1 is its name. Bare words are numbers and times. */
export function parseCalls(source: string, field: RegExp, bare: RegExp): Call {
  const scanner = new Scanner(source);
  const node = expression();
  scanner.end();
  return node;

  function expression(): Call {
    const left = operand();
    const symbol = scanner.eat(/!=|<=|>=|=|<|>/);
    return symbol === null ? left : { compare: symbol[0], args: [left, operand()] };
  }
  function operand(): Call {
    const name = scanner.eat(/([A-Za-z_-]+)\(/);
    if (name !== null) return { call: name[1] ?? '', args: scanner.eat(/\)/) ? [] : row(/\)/) };
    if (scanner.eat(/\[/)) return { list: row(/\]/) };
    const text = scanner.eat(/"((?:[^"\\]|\\[\s\S])*)"/);
    if (text !== null) return { text: plain(text[1] ?? '') };
    const word = scanner.eat(bare);
    return word === null ? { field: scanner.need(field)[1] ?? '' } : { bare: word[0] };
  }
  function row(close: RegExp): Call[] {
    const items = [expression()];
    while (scanner.eat(/,/)) items.push(expression());
    scanner.need(close);
    return items;
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function plain(raw: string): string {
  return raw.replace(/\\([\s\S])/g, (_, escaped: string) => escapes[escaped] ?? escaped);
}
