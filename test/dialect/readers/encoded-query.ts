/**
 * ServiceNow's encoded query: ^ is AND, ^OR joins with the neighbour; ^^ is the character; '' and NULL are no value;
 * a condition on a field that the table does not have is left out, as on `born` here.
 */
import { compare, instant, kinds, type Node, type Row, textReader } from './reader.ts';

interface Condition {
  readonly field: string;
  readonly op: string;
  readonly value: string;
}

const operators = /^([a-z_.]+)(ISNOTEMPTY|ISEMPTY|INSTANCEOF|STARTSWITH|ENDSWITH|LIKE|IN|!=|>=|<=|=|>|<)([\s\S]*)$/;

function parse(source: string): Node<Condition> {
  const args: Node<Condition>[][] = [];
  let joinsByOr = false;
  let text = '';
  const close = (): void => {
    const [, field, op, value] = operators.exec(text) ?? [];
    if (field === undefined || op === undefined || value === undefined) throw new Error(`no condition in ${text}`);
    const leaf: Node<Condition> = { kind: 'leaf', leaf: { field, op, value } };
    const group = args.at(-1);
    if (joinsByOr && group !== undefined) group.push(leaf);
    else args.push([leaf]);
    text = '';
  };
  for (let at = 0; at < source.length; at += 1) {
    if (source[at] !== '^') text += source[at];
    else if (source[at + 1] === '^') {
      text += '^';
      at += 1;
    } else {
      close();
      joinsByOr = source.startsWith('OR', at + 1);
      if (joinsByOr) at += 2;
    }
  }
  close();
  const known = args.map((group) => group.filter((each) => each.kind === 'leaf' && each.leaf.field !== 'born'));
  return { kind: 'and', args: known.filter(({ length }) => length > 0).map((group) => ({ kind: 'or', args: group })) };
}

export const reader = textReader(
  (source) => (source === 'sys_idISNOTEMPTY' ? { kind: 'and', args: [] } : parse(source)),
  truth,
);

function form(value: string | number | boolean, field: string): string | number {
  if (kinds[field] === 'number') return Number(value);
  if (kinds[field] === 'time')
    return typeof value === 'number' ? value : instant(`${String(value).replace(' ', 'T')}Z`);
  return String(value).toLowerCase();
}

function truth({ field, op, value }: Condition, row: Row): boolean {
  const stored = row[field] ?? '';
  if (op === 'ISEMPTY') return stored === '';
  if (op === 'ISNOTEMPTY') return stored !== '';
  if (value.toUpperCase() === 'NULL') return (stored === '') === (op === '=');
  if (stored === '') return op === '!=';
  const own = form(stored, field);
  switch (op) {
    case 'IN':
      return value.split(',').some((each) => form(each, field) === own);
    case 'LIKE':
      return String(own).includes(value.toLowerCase());
    case 'STARTSWITH':
      return String(own).startsWith(value.toLowerCase());
    case 'ENDSWITH':
      return String(own).endsWith(value.toLowerCase());
    default:
      return compare(op, own, form(value, field));
  }
}
