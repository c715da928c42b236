/** Conditions whose values change with the time of binding. */
import type { Normal } from '../where/ast.ts';
import { valuesOf } from './values-of.ts';

/** True when now() stands in the condition. */
export function readsClock(normal: Normal): boolean {
  if (normal.kind === 'and' || normal.kind === 'or') return normal.args.some(readsClock);
  return valuesOf(normal).some(({ kind }) => kind === 'now');
}
