/** What was told in a run, held against what really happened in it. Pure. */

import type { Scope } from '../../src/connector/narrow.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import type { Plan } from './connector.ts';
import type { Ran } from './run.ts';
import type { Traps, World, Write } from './world.ts';

/** Every breach of the laws, as a line a person can act on. */
export function breaches(ran: Ran): readonly string[] {
  const { world, events } = ran;
  const found: string[] = [];
  const byRecord = new Map<string, AnyhookEvent[]>();
  for (const event of events) byRecord.set(event.subject, [...(byRecord.get(event.subject) ?? []), event]);
  const ids = events.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) found.push('an event is stored twice');
  for (const final of world.truth()) {
    const own = byRecord.get(String(final.id)) ?? [];
    const writes = world.journal.filter(({ id }) => id === final.id);
    found.push(...recordBreaches(final, writes, own, ran).map((line) => `record ${final.id}: ${line}`));
  }
  return found;
}

const dayMs = 86_400_000;

interface Around {
  readonly writes: readonly Write[];
  readonly events: readonly AnyhookEvent[];
  readonly ran: Ran;
  /** What was written so shortly after the instance began, or before, may count as either. */
  readonly slackMs: number;
}

function recordBreaches(
  final: Write,
  writes: readonly Write[],
  events: readonly AnyhookEvent[],
  ran: Ran,
): readonly string[] {
  const { unitMs, zone } = ran.world.traps;
  // The second, or the vendor's step of time; local times come twice when clocks go back.
  const slackMs = Math.max(1_000 + unitMs, zone === null ? 0 : 3_600_000);
  const around = { writes, events, ran, slackMs };
  return [...lastBreaches(final, around), ...storyBreaches(around)];
}

/** What must be known of a record at the end. */
function lastBreaches(final: Write, { writes, events, ran, slackMs }: Around): readonly string[] {
  const { plan, beganMs, metMs } = ran;
  const last = events.at(-1);
  const neverSeen =
    final.deleted &&
    events.length === 0 &&
    !plan.isLog &&
    !writes.some((write) => !write.deleted && write.atMs < final.atMs - 1);
  const isBefore = final.atMs < beganMs + slackMs;
  // Only its time could say that it was not there before.
  const readsBefore = Math.max(final.stampMs, final.createdAtMs) < beganMs + slackMs && final.atMs <= metMs;
  if (isBefore || readsBefore || (final.deleted && !plan.seesDeletes) || neverSeen) return [];
  if (last === undefined) {
    return final.deleted && wasNeverTold(plan) ? [] : [`nothing was told of ${JSON.stringify(final)}`];
  }
  const isGone = last.data.change === 'deleted';
  if (isGone && !final.deleted) return ['it was told as deleted, and lives'];
  if (final.deleted) return isGone ? [] : ['it is deleted, and was told as alive'];
  return revOf(last) === final.rev ? [] : [`the last event is of ${revOf(last)}, not ${final.rev}`];
}

/** Whether what was told, event by event, is true and in order. */
function storyBreaches(around: Around): readonly string[] {
  const { writes, events, ran, slackMs } = around;
  const found: string[] = [];
  let before = 0;
  events.forEach((event, index) => {
    const isBack = events[index - 1]?.data.change === 'deleted';
    if (event.data.change === 'deleted') {
      const really = writes.find((write) => write.deleted && write.rev > before);
      found.push(...deleteBreaches(event, really, ran.world));
      before = really?.rev ?? before;
      return;
    }
    const rev = revOf(event);
    if (rev < before && !isUndecided(rev, before, around)) found.push(`version ${rev} was told after ${before}`);
    before = rev;
    const really = writes.find((write) => write.rev === rev);
    const mayBeOld = index === 0 && event.data.change === 'updated' && ran.plan.slips === true;
    found.push(...versionBreaches(rev, really, mayBeOld ? 0 : ran.beganMs - slackMs));
    found.push(...(isBack ? backBreaches(event, events[index - 1], really) : wordBreaches(event, index === 0, around)));
  });
  return found;
}

/** Where a reader may lag, nothing tells which of two states with one time is the later one. */
function isUndecided(rev: number, before: number, { writes, ran: { world } }: Around): boolean {
  const [one, other] = [rev, before].map((wanted) => writes.find((write) => write.rev === wanted));
  if (one === undefined || other === undefined || world.traps.replicaRate === 0) return false;
  return world.stamp(one.stampMs) === world.stamp(other.stampMs);
}

function deleteBreaches({ data }: AnyhookEvent, really: Write | undefined, world: World): readonly string[] {
  const detectedMs = Date.parse(data.detectedAt) + world.traps.skewMs + clockSlackMs(world.traps);
  return really === undefined || world.stamp(really.atMs) > detectedMs ? ['a false delete'] : [];
}

/** Whether created and updated are the right words for a record that was not told as deleted before. */
function wordBreaches(event: AnyhookEvent, isFirst: boolean, { writes, ran, slackMs }: Around): readonly string[] {
  const { change } = event.data;
  const createdMs = writes[0]?.atMs ?? 0;
  const before = writes.filter(({ rev }) => rev < revOf(event));
  const wasGone = before.some(({ deleted }) => deleted);
  const wasThere = createdMs < ran.beganMs - slackMs && !wasGone;
  // One that was deleted before anybody saw it, and comes back when its time is forgotten, is told as it is found.
  const isForgotten = wasGone && Date.parse(event.time) - createdMs > dayMs;
  if (change === 'created' && !isFirst) return ['it was created a second time'];
  if (change === 'created' && wasThere) return ['it was told as created, and was there before'];
  return change === 'updated' && isFirst && createdMs >= ran.beganMs + slackMs && !isForgotten
    ? ['it was told as updated before created']
    : [];
}

/** A delete that is longer ago than a day need not be remembered. */
function backBreaches(
  { data }: AnyhookEvent,
  gone: AnyhookEvent | undefined,
  back: Write | undefined,
): readonly string[] {
  const awayMs = (back?.atMs ?? 0) - Date.parse(gone?.time ?? '');
  return data.change === 'updated' && awayMs < dayMs ? ['it was told as updated after its delete'] : [];
}

/** By how much our own clock may be off what it was when the run began, and a second. */
function clockSlackMs({ clockSetRate }: Traps): number {
  return 1_000 + (clockSetRate > 0 ? 2 * 3_600_000 : 0);
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
