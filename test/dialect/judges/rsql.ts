/** RSQL as @rsql/parser reads it. */
import { parse as parseRsql } from '@rsql/parser';
import { type Node, textReader } from '../readers/reader.ts';
import { type Condition, everything, truth } from '../readers/rsql.ts';
import type { Judge } from './judge.ts';

type Ast =
  | { readonly type: 'LOGIC'; readonly operator: string; readonly left: Ast; readonly right: Ast }
  | {
      readonly type: 'COMPARISON';
      readonly operator: string;
      readonly left: { readonly selector: string };
      readonly right: { readonly value: string | readonly string[] };
    };

function toNode(ast: Ast): Node<Condition> {
  if (ast.type === 'LOGIC') {
    const kind = ast.operator === ';' || ast.operator === 'and' ? 'and' : 'or';
    return { kind, args: [toNode(ast.left), toNode(ast.right)] };
  }
  const { value } = ast.right;
  const values = typeof value === 'string' ? [value] : value;
  return { kind: 'leaf', leaf: { field: ast.left.selector, op: ast.operator, values } };
}

export const judge: Judge = {
  by: '@rsql/parser',
  reader: textReader(
    (source) => (source === everything ? { kind: 'and', args: [] } : toNode(parseRsql(source) as unknown as Ast)),
    truth,
  ),
};
