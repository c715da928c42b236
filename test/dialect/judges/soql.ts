/**
 * SOQL as @jetstreamapp/soql-parser-js reads it: a row of conditions, each with the brackets that open and close at it.
 * The lexer of version 6.3.1 ends a text at U+2028 and U+2029, lines to JavaScript's `.` alone: they go through the lexer marked.
 */
import { type Condition, parseQuery, type ValueCondition, type WhereClause } from '@jetstreamapp/soql-parser-js';
import { type Node, textReader } from '../readers/reader.ts';
import { everything, truth } from '../readers/soql.ts';
import type { Literal, Condition as Read } from '../readers/sql.ts';
import type { Judge } from './judge.ts';

const kinds: Readonly<Record<string, Literal['kind']>> = {
  STRING: 'text',
  INTEGER: 'number',
  DECIMAL: 'number',
  BOOLEAN: 'boolean',
  NULL: 'null',
  DATETIME: 'time',
  DATE: 'day',
};

/** `AND`, `OR`, `NOT`, a bracket, or a condition. */
type Word = string | Read;

const marks = [
  ['\u2028', '\uE000'],
  ['\u2029', '\uE001'],
] as const;

function marked(text: string): string {
  return marks.reduce((sofar, [line, mark]) => sofar.replaceAll(line, mark), text);
}

function unmarked(text: string): string {
  return marks.reduce((sofar, [line, mark]) => sofar.replaceAll(mark, line), text);
}

function parse(source: string): Node<Read> {
  if (source === everything) return { kind: 'and', args: [] };
  const { where } = parseQuery(`WHERE ${marked(source)}`, {
    allowPartialQuery: true,
    ignoreParseErrors: false,
  });
  if (where === undefined) throw new Error('no condition');
  const words = [...wordsOf(where)];
  let at = 0;
  const node = row();
  if (at < words.length) throw new Error('the condition goes on');
  return node;

  function row(): Node<Read> {
    const args = [term()];
    const joint = words[at];
    while (words[at] === 'AND' || words[at] === 'OR') {
      if (words[at] !== joint) throw new Error('the vendor refuses AND beside OR without brackets');
      at += 1;
      args.push(term());
    }
    return { kind: joint === 'OR' ? 'or' : 'and', args };
  }
  function term(): Node<Read> {
    const word = words[at++];
    if (word === 'NOT') return { kind: 'not', arg: term() };
    if (word === '(') {
      const inner = row();
      if (words[at++] !== ')') throw new Error('a bracket stays open');
      return inner;
    }
    if (word === undefined || typeof word === 'string') throw new Error(`no condition at ${word}`);
    return { kind: 'leaf', leaf: word };
  }
}

function* wordsOf(where: WhereClause): Generator<Word> {
  const { left } = where;
  yield* bracketsOf('(', left, 'openParen');
  if (left !== null && 'field' in left) {
    yield leafOf(left as ValueCondition);
    yield* bracketsOf(')', left, 'closeParen');
  }
  if (!('operator' in where)) return;
  yield where.operator;
  yield* wordsOf(where.right);
}

function bracketsOf(bracket: string, left: Condition | object | null, side: 'openParen' | 'closeParen'): string[] {
  const count = left === null ? 0 : ((left as Readonly<Record<string, unknown>>)[side] ?? 0);
  return Array.from({ length: Number(count) }, () => bracket);
}

function leafOf({ field, operator, value, literalType }: ValueCondition): Read {
  const values = [value].flat().map((raw, index): Literal => {
    const type = Array.isArray(literalType) ? literalType[index] : literalType;
    const kind = kinds[type ?? ''];
    if (kind === undefined) throw new Error(`no value of type ${type}`);
    return { kind, raw: kind === 'text' ? unmarked(raw.slice(1, -1)) : raw };
  });
  return { field, op: operator, values };
}

export const judge: Judge = {
  by: '@jetstreamapp/soql-parser-js',
  reader: textReader(parse, truth),
  store: { dropsEmptyText: true },
};
