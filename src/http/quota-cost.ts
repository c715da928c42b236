/** What the body of an answer says of the account's quota, where requests cost points. Pure. */
import type { QuotaCost } from '../definition/connector.ts';
import { parsePath, readPath } from '../template/path.ts';
import { type Allowance, longestWindowMs } from './quota-headers.ts';

/** Reads nothing where the definition declares none, or the body does not say all of it. */
export function compileQuotaCost(rule: QuotaCost | undefined): (body: unknown) => readonly Allowance[] {
  if (rule === undefined) return () => [];
  const paths = [rule.cost, rule.remaining, rule.limit, rule.perSecond].map(parsePath);
  return (body) => {
    const numbers = paths.map((path) => readPath(body, path));
    const isSaid = numbers.every((value): value is number => typeof value === 'number' && value >= 0);
    const [cost = 0, remaining = 0, limit = 0, perSecond = 0] = isSaid ? numbers : [];
    if (limit < 1 || perSecond === 0) return [];
    // In requests as dear as this one: the next is of its kind more often than not. No request costs more than there can be.
    const each = Math.min(Math.max(1, cost), limit);
    const windowMs = Math.min((limit / perSecond) * 1000, longestWindowMs);
    return [{ name: 'cost', limit: limit / each, remaining: remaining / each, windowMs, resets: false }];
  };
}
