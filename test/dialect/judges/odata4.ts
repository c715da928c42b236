/**
 * $filter as @odata/parser reads it. Version 0.2.14 departs from the ABNF of OData 4.01 in two ways, which are set
 * right here: NOT takes in the rest of a row (`not (a) and b` becomes `not ((a) and b)`, while §5.1.1.17 binds NOT
 * before AND), and whole numbers past Edm.Int64 are refused, though Edm.Decimal has them.
 */
import { defaultParser } from '@odata/parser';
import { type Condition, everything, truth } from '../readers/odata4.ts';
import { instant, kinds, type Node, textReader } from '../readers/reader.ts';
import type { Judge } from './judge.ts';

interface Token {
  readonly type: string;
  readonly raw: string;
  readonly value: unknown;
}
interface Pair {
  readonly left: Token;
  readonly right: Token;
}

const operators: Readonly<Record<string, string>> = {
  EqualsExpression: 'eq',
  NotEqualsExpression: 'ne',
  LesserThanExpression: 'lt',
  LesserOrEqualsExpression: 'le',
  GreaterThanExpression: 'gt',
  GreaterOrEqualsExpression: 'ge',
};

function parse(source: string): Node<Condition> {
  if (source === everything) return { kind: 'and', args: [] };
  return toNode(defaultParser.filter(source.replace(/(?<= (?:eq|ne|lt|le|gt|ge) )-?\d{19,}(?![\d.])/g, '$&.0')));
}

function toNode({ type, value, raw }: Token): Node<Condition> {
  switch (type) {
    case 'BoolParenExpression':
    case 'ParenExpression':
      return toNode(value as Token);
    case 'NotExpression':
      return negate(value as Token);
    case 'AndExpression':
    case 'OrExpression': {
      const { left, right } = value as Pair;
      return { kind: type === 'OrExpression' ? 'or' : 'and', args: [toNode(left), toNode(right)] };
    }
    case 'MethodCallExpression': {
      const { method, parameters } = value as { method: string; parameters: readonly [Token, Token] };
      return leaf(parameters[0].raw, method, parameters[1]);
    }
    default: {
      const { left, right } = value as Pair;
      const op = operators[type];
      if (op === undefined) throw new Error(`no expression ${type}: ${raw}`);
      return leaf(left.raw, op, right);
    }
  }
}

/** NOT of the first operand alone, with what follows it in the row. */
function negate(token: Token): Node<Condition> {
  if (token.type !== 'AndExpression' && token.type !== 'OrExpression') return { kind: 'not', arg: toNode(token) };
  const { left, right } = token.value as Pair;
  return { kind: token.type === 'OrExpression' ? 'or' : 'and', args: [negate(left), toNode(right)] };
}

const types: Readonly<Record<string, RegExp>> = {
  text: /^Edm\.String$/,
  number: /^Edm\.(?:S?Byte|Int\d\d|Decimal|Double|Single)$/,
  boolean: /^Edm\.Boolean$/,
  time: /^Edm\.DateTimeOffset$/,
  day: /^Edm\.Date$/,
};

function leaf(field: string, op: string, { type, value, raw }: Token): Node<Condition> {
  if (type !== 'Literal') throw new Error(`no literal: ${raw}`);
  const kind = kinds[field] ?? 'text';
  if (value === 'null') return { kind: 'leaf', leaf: { field, op, value: null } };
  if (types[kind]?.test(String(value)) !== true) throw new Error(`the vendor wants a ${kind} for ${field}, not ${raw}`);
  return { kind: 'leaf', leaf: { field, op, value: plain(kind, raw) } };
}

function plain(kind: string, raw: string): Condition['value'] {
  if (kind === 'text') return raw.slice(1, -1).replaceAll("''", "'");
  if (kind === 'time') return instant(raw);
  if (kind === 'number') return Number(raw);
  return kind === 'boolean' ? raw === 'true' : raw;
}

export const judge: Judge = { by: '@odata/parser', reader: textReader(parse, truth) };
