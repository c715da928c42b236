/** What was told in a run, held against what really happened in it. Pure. */

import type { Scope } from '../../src/connector/narrow.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import type { Plan } from './connector.ts';
import type { Ran } from './run.ts';
import type { Write } from './world.ts';

/** Every breach of the laws, as a line a person can act on. */
export function breaches({ world, plan, events, beganMs }: Ran): readonly string[] {
  const found: string[] = [];
  const byRecord = new Map<string, AnyhookEvent[]>();
  for (const event of events) byRecord.set(event.subject, [...(byRecord.get(event.subject) ?? []), event]);
  const ids = events.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) found.push('an event is stored twice');
  for (const final of world.truth()) {
    const own = byRecord.get(String(final.id)) ?? [];
    const writes = world.journal.filter(({ id }) => id === final.id);
    found.push(
      ...recordBreaches(final, writes, own, { world, plan, beganMs }).map((line) => `record ${final.id}: ${line}`),
    );
  }
  return found;
}

function recordBreaches(
  final: Write,
  writes: readonly Write[],
  events: readonly AnyhookEvent[],
  { world, plan, beganMs }: Pick<Ran, 'world' | 'plan' | 'beganMs'>,
): readonly string[] {
  const found: string[] = [];
  // What was written in the second, or in the vendor's step of time, in which the instance began may or may not be told.
  // Local times come twice when clocks go back.
  const slackMs = Math.max(1_000 + world.traps.unitMs, world.traps.zone === null ? 0 : 3_600_000);
  const isTold = final.atMs >= beganMs + slackMs;
  const last = events.at(-1);
  const neverSeen =
    final.deleted &&
    events.length === 0 &&
    !plan.isLog &&
    !writes.some((write) => !write.deleted && write.atMs < final.atMs - 1);
  if (isTold && (!final.deleted || plan.seesDeletes) && !neverSeen) {
    if (last === undefined && !(final.deleted && wasNeverTold(plan)))
      found.push(`nothing was told of ${JSON.stringify(final)}`);
    else if (last !== undefined && last.data.change === 'deleted' && !final.deleted)
      found.push('it was told as deleted, and lives');
    else if (last !== undefined && final.deleted && last.data.change !== 'deleted')
      found.push('it is deleted, and was told as alive');
    else if (last !== undefined && !final.deleted && revOf(last) !== final.rev)
      found.push(`the last event is of ${revOf(last)}, not ${final.rev}`);
  }
  let before = 0;
  events.forEach((event, index) => {
    const { change } = event.data;
    if (change === 'deleted') {
      const really = writes.find((write) => write.deleted);
      if (
        really === undefined ||
        world.stamp(really.atMs) > Date.parse(event.data.detectedAt) + world.traps.skewMs + 1_000
      )
        found.push('a false delete');
      return;
    }
    const rev = revOf(event);
    if (rev < before) found.push(`version ${rev} was told after ${before}`);
    before = rev;
    const really = writes.find((write) => write.rev === rev);
    found.push(...versionBreaches(rev, really, beganMs - slackMs));
    const first = writes[0];
    if (change === 'created' && events.slice(0, index).some(({ data }) => data.change !== 'deleted'))
      found.push('it was created a second time');
    if (change === 'updated' && index === 0 && first !== undefined && first.atMs >= beganMs + slackMs)
      found.push('it was told as updated before created');
    if (change === 'created' && first !== undefined && first.atMs < beganMs - slackMs)
      found.push('it was told as created, and was there before');
  });
  return found;
}

function versionBreaches(rev: number, really: Write | undefined, startMs: number): readonly string[] {
  if (really === undefined) return [`version ${rev} never was`];
  return really.atMs < startMs ? [`version ${rev} was told, and is from before the start`] : [];
}

/** The breaches of what a where of the instance promises: who is in it at the end was told of last as alive, who left is gone. */
export function scopeBreaches(
  { world, events, beganMs }: Ran,
  belongs: (write: Write) => boolean,
  scope: Scope,
): readonly string[] {
  const slackMs = Math.max(1_000, world.traps.unitMs);
  return world.truth().flatMap((final) => {
    const own = events.filter(({ subject }) => subject === String(final.id));
    const last = own.at(-1);
    const isIn = belongs(final) && !final.deleted;
    const isTold = last !== undefined && last.data.change !== 'deleted';
    const found: string[] = [];
    if (isIn && final.atMs >= beganMs + slackMs && (!isTold || revOf(last) !== final.rev))
      found.push('it is in, and was not told');
    // Whoever was told of it, or could have known it from before the start, must hear that it left.
    if (!isIn && isTold && (scope === 'track' || final.deleted)) found.push('it is out, and was told as in');
    if (own.some((event) => event.data.change !== 'deleted' && (event.data.native as Write).grade !== 'a'))
      found.push('it was told when out');
    return found.map((line) => `record ${final.id}: ${line}`);
  });
}

/** A record that came and went between two looks at the state was never there. */
function wasNeverTold({ isLog }: Plan): boolean {
  return isLog !== true;
}

function revOf(event: AnyhookEvent): number {
  return Number((event.data.native as { readonly rev: number }).rev);
}
