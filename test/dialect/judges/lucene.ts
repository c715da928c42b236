/** Lucene's syntax as lucene-kit reads it: a row of OR whose members are rows of AND. */
import { QueryParser } from 'lucene-kit';
import { type Condition, truth } from '../readers/lucene.ts';
import { type Node, textReader } from '../readers/reader.ts';
import type { Judge } from './judge.ts';

interface Bound {
  readonly operator: string;
  readonly value: { readonly value: unknown };
}
type Ast =
  | { readonly type: 'logical-group'; readonly flow: readonly Ast[] }
  | { readonly type: 'conjunction'; readonly nodes: readonly Ast[] }
  | { readonly type: 'negation'; readonly node: Ast }
  | { readonly type: 'exists'; readonly field: string }
  | { readonly type: 'wildcard'; readonly field: string; readonly value: { readonly value: unknown } }
  | { readonly type: 'term'; readonly field: string; readonly value: { readonly value: unknown } }
  | { readonly type: 'range'; readonly field: string; readonly left: Bound; readonly right: Bound };

function toNode(ast: Ast): Node<Condition> {
  switch (ast.type) {
    case 'logical-group':
      return { kind: 'or', args: ast.flow.map(toNode) };
    case 'conjunction':
      return { kind: 'and', args: ast.nodes.map(toNode) };
    case 'negation':
      return { kind: 'not', arg: toNode(ast.node) };
    case 'wildcard':
      if (ast.field !== '*' || ast.value.value !== '*') throw new Error('a wildcard that nobody asked for');
      return { kind: 'and', args: [] };
    case 'exists':
      return { kind: 'leaf', leaf: { field: ast.field, low: null, high: null, exists: true } };
    case 'term': {
      const same = { value: String(ast.value.value), isInside: true };
      return { kind: 'leaf', leaf: { field: ast.field, low: same, high: same, exists: false } };
    }
    case 'range':
      return {
        kind: 'leaf',
        leaf: { field: ast.field, low: boundOf(ast.left), high: boundOf(ast.right), exists: false },
      };
    default:
      throw new Error(`no node ${JSON.stringify(ast)}`);
  }
}

function boundOf({ operator, value }: Bound): Condition['low'] {
  // It writes the open end of a range of text as null, and of a range of dates as an infinity.
  return value.value === null || Math.abs(Number(value.value)) === Number.POSITIVE_INFINITY
    ? null
    : { value: String(value.value), isInside: operator.endsWith('e') };
}

export const judge: Judge = {
  by: 'lucene-kit',
  reader: textReader((source) => toNode(new QueryParser(source).toAST() as unknown as Ast), truth),
};
