/** JQL as Jira's own editor parses it. */
import { type Clause, JastBuilder, type Operand } from '@atlaskit/jql-ast';
import { everything, truth } from '../readers/jql.ts';
import { type Node, textReader } from '../readers/reader.ts';
import type { Condition, Literal } from '../readers/sql.ts';
import type { Judge } from './judge.ts';

const builder = new JastBuilder();

function parse(source: string): Node<Condition> {
  if (source === everything) return { kind: 'and', args: [] };
  const { query, errors } = builder.build(source);
  if (errors.length > 0 || query?.where === undefined) throw new Error(`the vendor refuses ${source}: ${errors}`);
  return toNode(query.where);
}

function toNode(clause: Clause): Node<Condition> {
  if (clause.clauseType === 'compound') {
    const args = clause.clauses.map(toNode);
    return { kind: clause.operator.value === 'or' ? 'or' : 'and', args };
  }
  if (clause.clauseType === 'not') return { kind: 'not', arg: toNode(clause.clause) };
  const { field, operator, operand } = clause;
  if (operator === undefined || operand === undefined) throw new Error('half a condition');
  const isEmpty = operand.operandType === 'keyword';
  const op = `${operator.value}${isEmpty ? ' empty' : ''}`.toUpperCase();
  return { kind: 'leaf', leaf: { field: field.value, op, values: isEmpty ? [] : literalsOf(operand) } };
}

function literalsOf(operand: Operand): readonly Literal[] {
  if (operand.operandType === 'list') return operand.values.flatMap(literalsOf);
  if (operand.operandType !== 'value') throw new Error(`no value: ${operand.operandType}`);
  // Its own value of "\n" is the letter n, so the text as written is read.
  const { text } = operand;
  return [text.startsWith('"') ? { kind: 'text', raw: text.slice(1, -1) } : { kind: 'number', raw: text }];
}

export const judge: Judge = { by: '@atlaskit/jql-ast', reader: textReader(parse, truth) };
