/** How long what a cursor holds stays good, and how late what it stands for may be seen. */
import type { Detection } from '../definition/connector.ts';
import type { Findings } from './findings.ts';

type Of<S extends Detection['strategy']> = Extract<Detection, { strategy: S }>;

/** A token must outlive the time between two polls. */
export function checkToken({ token, everySeconds = 60 }: Of<'delta'>, pointer: string, findings: Findings): void {
  const { lifetimeSeconds } = token;
  if (lifetimeSeconds === null || lifetimeSeconds > everySeconds) return;
  findings.add({
    code: 'connector-cursor-contradiction',
    message: `A token lives ${lifetimeSeconds} s and is used after ${everySeconds} s: every poll would list everything anew.`,
    help: 'Make everySeconds less than half of lifetimeSeconds, so that one poll may fail.',
    pointer: `${pointer}/token/lifetimeSeconds`,
  });
}

/** An id is given at the write and seen at the commit, so a smaller one may come later. */
export function checkGrowingId({ id }: Of<'since-id'>, pointer: string, findings: Findings): void {
  if (id.settleSeconds > 0) return;
  findings.add({
    code: 'connector-cursor-contradiction',
    message: 'With no time to settle, a record with a smaller id that is seen after a greater one is passed over.',
    help: 'Set settleSeconds to how long a write may take to be seen: at least 1.',
    pointer: `${pointer}/id/settleSeconds`,
  });
}
