/**
 * The laws: what came out of a run is held against what really happened. Nothing is lost, nothing is told twice, no
 * delete is false, each record's events are in order, and the last one shows the record's last state. Pure.
 */
import { graceMs } from '../change/enumerate.ts';
import type { ConnectorObject, Detection } from '../connector/connector.ts';
import type { AnyhookEvent } from '../event/event.ts';
import type { Happened, Journal } from './journal.ts';
import { latestMark } from './mark.ts';
import type { Played, PollDone } from './play.ts';

/** Every breach of the laws, as a line a person can act on. */
export function breaches(played: Played, object: ConnectorObject): readonly string[] {
  const { journal, events, polls } = played;
  const bySubject = new Map<string, AnyhookEvent[]>();
  for (const event of events) bySubject.set(event.subject, [...(bySubject.get(event.subject) ?? []), event]);
  const strangers = [...bySubject.keys()].filter((id) => !journal.recordIds.includes(id));
  const ids = new Set(events.map(({ id }) => id));
  return [
    ...(ids.size === events.length ? [] : ['An event was stored twice.']),
    ...strangers.map((id) => `Record ${id} was told of, and nobody touched it.`),
    ...polls
      .filter((poll) => isStuck(poll, journal))
      .map(({ feed, failure }) => `A poll of ${feed} failed with ${failure}, and nothing was in its way.`),
    ...journal.recordIds.flatMap((id) =>
      recordBreaches(journal.of(id), bySubject.get(id) ?? [], played, object).map((line) => `Record ${id}: ${line}`),
    ),
  ];
}

function isStuck(poll: PollDone, journal: Journal): boolean {
  if (!poll.isCalm || poll.failure === null) return false;
  return poll.failure !== 'enumeration-unproved' || !maySeemLate(poll, journal);
}

/** Whether a record is gone that changed shortly before: a listing without it may as well be late. */
function maySeemLate({ beganMs, endedMs }: PollDone, journal: Journal): boolean {
  const sinceMs = beganMs - graceMs - secondMs;
  return journal.entries.some(
    ({ kind, recordId, atMs, number }) =>
      kind === 'deleted' &&
      atMs <= endedMs &&
      journal.of(recordId).some((before) => before.number < number && before.atMs >= sinceMs),
  );
}

const secondMs = 1_000;

/** Times are compared by the second, the finest that all vendors keep. */
function second(timeMs: number): number {
  return Math.floor(timeMs / secondMs);
}

function recordBreaches(
  happened: readonly Happened[],
  events: readonly AnyhookEvent[],
  played: Played,
  object: ConnectorObject,
): readonly string[] {
  const found: string[] = [];
  const told = new Set<Happened>();
  let reached = -1;
  events.forEach((event, index) => {
    const next = happened.findIndex((one, at) => at > reached && isOf(event, one, played));
    const one = happened[next];
    if (one === undefined) {
      found.push(outOfOrder(event, happened, reached, played));
      return;
    }
    reached = next;
    // Writes of one second that left the same in the record cannot be told apart, and need not be.
    for (const same of happened) if (isOf(event, same, played)) told.add(same);
    found.push(...wordBreaches(event, one, { happened, before: events.slice(0, index), beganMs: played.beganMs }));
  });
  return [...found, ...lostStates(happened, told, played, object), ...lastBreaches(happened, events, played, object)];
}

/** Whether an event can be that of a write. A delete that is found by comparing is told with the time it was found at. */
function isOf(event: AnyhookEvent, { kind, mark, atMs }: Happened, { skewMs }: Played): boolean {
  const { change, native, detectedAt } = event.data;
  if (change === 'deleted') return kind === 'deleted' && second(atMs) <= second(Date.parse(detectedAt) + skewMs);
  return kind !== 'deleted' && latestMark(native) === mark && second(Date.parse(event.time)) === second(atMs);
}

function outOfOrder(event: AnyhookEvent, happened: readonly Happened[], reached: number, played: Played): string {
  const { change } = event.data;
  const earlier = happened.findIndex((one) => isOf(event, one, played));
  if (change === 'deleted') return earlier < 0 ? 'a delete was told that never was' : 'a delete was told a second time';
  const state = `write ${latestMark(event.data.native)} (${event.time})`;
  if (earlier < 0) return `${state} was told, and no such state ever was`;
  return earlier === reached ? `${state} was told twice` : `${state} was told after a later one`;
}

interface Around {
  readonly happened: readonly Happened[];
  readonly before: readonly AnyhookEvent[];
  readonly beganMs: number;
}

/** Whether created and updated are the right words. */
function wordBreaches(event: AnyhookEvent, one: Happened, { happened, before, beganMs }: Around): readonly string[] {
  const { change } = event.data;
  const created = happened[0];
  if (change === 'deleted' || created === undefined) return [];
  // What was written in the second in which the instance began may count as before or after.
  const isNew = created.atMs >= beganMs + secondMs;
  const wasThere = created.atMs < beganMs - secondMs;
  const last = before.at(-1)?.data.change;
  const wasGone = last === 'deleted';
  if (change === 'created' && last !== undefined && !wasGone) return ['it was told as created a second time'];
  if (change === 'created' && wasThere && !wasGone) return ['it was told as created, and was there before'];
  if (change === 'updated' && last === undefined && isNew) return ['it was told as updated, and never as created'];
  if (change === 'updated' && wasGone && one.atMs - goneMs(happened, one) < remembered)
    return ['it was told as updated after its delete'];
  return one.atMs < beganMs - secondMs ? ['it was told of a state from before the instance began'] : [];
}

/** A delete that is longer ago need not be remembered: who comes back later is told as updated. */
const remembered = 86_400_000;

function goneMs(happened: readonly Happened[], before: Happened): number {
  return happened.findLast(({ kind, number }) => kind === 'deleted' && number < before.number)?.atMs ?? 0;
}

/** States that were there for all of a poll that went to its end, and were never told. */
function lostStates(
  happened: readonly Happened[],
  told: ReadonlySet<Happened>,
  { polls, beganMs, journal }: Played,
  object: ConnectorObject,
): readonly string[] {
  return happened.flatMap((one, index) => {
    if (one.kind === 'deleted' || told.has(one) || one.atMs < beganMs + 2 * secondMs) return [];
    const untilMs = happened[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const poll = polls.find(
      (done) =>
        done.feed === 'changes' &&
        done.failure === null &&
        !isHeldBack(done, journal) &&
        covers(done, one, untilMs, object.changes),
    );
    if (poll === undefined) return [];
    const when = new Date(poll.beganMs).toISOString();
    return [`write ${one.mark} (${one.kind}) was there when changes were polled at ${when}, and was not told`];
  });
}

/** A write that is still open may hold back what was written after it: some vendors tell changes in the order of writes. */
function isHeldBack({ beganMs }: PollDone, { entries }: Journal): boolean {
  return entries.some(({ atMs, visibleAtMs }) => atMs <= beganMs && visibleAtMs > beganMs);
}

/** Whether a state was there, and had settled, for all of a poll. */
function covers(poll: PollDone, { atMs, visibleAtMs }: Happened, untilMs: number, detection: Detection): boolean {
  const settleMs =
    'cursor' in detection
      ? detection.cursor.settleSeconds * 1_000
      : 'growing' in detection
        ? detection.growing.settleMs
        : 0;
  const surelyMs = Math.min(poll.beganMs, poll.knownMs) - settleMs - 2 * secondMs;
  return visibleAtMs <= poll.beganMs && atMs <= surelyMs && untilMs > poll.endedMs;
}

/** What must be known of a record when all has been polled. */
function lastBreaches(
  happened: readonly Happened[],
  events: readonly AnyhookEvent[],
  played: Played,
  object: ConnectorObject,
): readonly string[] {
  const truth = happened.at(-1);
  const last = events.at(-1);
  if (truth === undefined || truth.atMs < played.beganMs + 2 * secondMs) return [];
  if (truth.kind !== 'deleted') {
    if (last === undefined) return [`its last state, write ${truth.mark} (${truth.kind}), was never told`];
    if (last.data.change === 'deleted') return ['it was told as deleted last, and lives'];
    if (!isOf(last, truth, played)) return [`its last state, write ${truth.mark} (${truth.kind}), was not told last`];
    return last.data.record === null ? ['its last state could not be mapped'] : [];
  }
  if (!object.seesDeletes || last?.data.change === 'deleted') return [];
  if (last !== undefined) return ['it is deleted, and was told as alive last'];
  return wasKnown(happened, played, object) ? ['it is deleted, and nothing was told'] : [];
}

/** Whether a poll of the feed that sees deletes went to its end while the record was there, and had settled. */
function wasKnown(
  happened: readonly Happened[],
  { polls, journal }: Played,
  { changes, deletes }: ConnectorObject,
): boolean {
  const feed = deletes === null ? 'changes' : 'deletes';
  const those = polls.filter((poll) => poll.feed === feed && poll.failure === null && !isHeldBack(poll, journal));
  return happened.some((state, index) => {
    const untilMs = happened[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    return state.kind !== 'deleted' && those.some((poll) => covers(poll, state, untilMs, deletes ?? changes));
  });
}
