import { refuse } from '../answers.ts';

const contextLength = 60;

/**
 * Refuses a statement the way the vendor does: the text around the place, a caret under it, its row and column, and the reason.
 */
export function refuseAt(source: string, position: number, errorCode: string, reason: string): never {
  const before = source.slice(0, position);
  const row = before.split('\n').length;
  const column = position - (before.lastIndexOf('\n') + 1) + 1;
  const from = Math.max(before.lastIndexOf('\n') + 1, position - contextLength);
  const lineEnd = source.indexOf('\n', position);
  const excerpt = source.slice(from, Math.min(lineEnd < 0 ? source.length : lineEnd, position + contextLength));
  const caret = `${' '.repeat(position - from)}^`;
  return refuse(400, errorCode, `\n${excerpt}\n${caret}\nERROR at Row:${row}:Column:${column}\n${reason}`);
}
