/**
 * What must hold between the vendor and the store. Pure.
 *
 * A poll sees a record only as it is then, so not every version can appear. These must: the last state of every record
 * that changed, its delete if it was deleted; and, at any moment, the state of every record that has stood still since
 * before the cursor of its feed.
 */
import type { AnyhookEvent } from '../../src/event/event.ts';
import type { Feed } from '../../src/store/port.ts';
import { type Breach, groupBy, type Happened, type Ledgers, recordName, recordOf } from './ledgers.ts';

/** Every law between vendor and store, for a run that has come to rest. */
export function checkStore(ledgers: Ledgers): readonly Breach[] {
  return [...checkSequence(ledgers.stored), ...checkTruth(ledgers), ...checkLastStates(ledgers)];
}

/** Sequences count from 1 without a gap, and no id is stored twice. */
export function checkSequence(stored: readonly AnyhookEvent[]): readonly Breach[] {
  const seen = new Set<string>();
  return stored.flatMap((event, index) => {
    const breaches: Breach[] = [];
    const record = recordOf(event);
    if (event.sequence !== String(index + 1))
      breaches.push({ law: 'sequence contiguous from 1', detail: `place ${index + 1} has ${event.sequence}`, record });
    if (seen.has(event.id)) breaches.push({ law: 'no event id twice', detail: event.id, record });
    seen.add(event.id);
    return breaches;
  });
}

/** Each event tells what happened, once, and in the order in which it happened. */
function checkTruth({ happened, stored }: Ledgers): readonly Breach[] {
  const truth = groupBy(happened, (entry) => recordName(entry.object, entry.id));
  return [...groupBy(stored, recordOf)].flatMap(([record, events]) => {
    const entries = truth.get(record) ?? [];
    const wasCreated = entries[0]?.action === 'create';
    return events.flatMap((event, index) => {
      const breaches: Breach[] = [];
      const breach = (law: string): void => {
        breaches.push({ law, detail: `sequence ${event.sequence}: ${event.type} of ${event.time}`, record });
      };
      const { change } = event.data;
      const isDelete = change === 'deleted';
      if (
        !entries.some((entry) => (entry.action === 'delete') === isDelete && entry.stampMs === Date.parse(event.time))
      )
        breach(isDelete ? 'no false delete' : 'no event of what never happened');
      const isFirst = index === 0;
      if (change === 'created' && !(isFirst && wasCreated)) breach('created is told once, first, and of new records');
      if (change === 'updated' && isFirst && wasCreated) breach('a new record is told as created');
      const before = events[index - 1];
      if (before !== undefined && Date.parse(before.time) > Date.parse(event.time)) breach('a record never goes back');
      return breaches;
    });
  });
}

/** Nothing is lost: the last event of a record is its last state. */
export function checkLastStates({ happened, stored, records }: Ledgers): readonly Breach[] {
  const events = groupBy(stored, recordOf);
  return [...lastOf(happened)].flatMap(([record, last]): readonly Breach[] => {
    const law = last.action === 'delete' ? 'no delete is lost' : 'no last state is lost';
    const told = events.get(record)?.at(-1);
    const detail = `${last.action} of ${new Date(last.stampMs).toISOString()} (journal ${last.sequence})`;
    if (told === undefined || !tells(told, last)) return [{ law, detail, record }];
    const differs = last.action === 'delete' ? null : difference(told.data.native, records[last.object]?.[last.id]);
    return differs === null ? [] : [{ law, detail: `${detail} is told with another ${differs}`, record }];
  });
}

/** How far a feed says it has come. */
export interface Progress {
  readonly object: string;
  readonly feed: Feed;
  /** Epoch milliseconds on the vendor's clock; null before the first poll has ended. */
  readonly cursorMs: number | null;
}

/**
 * Nothing that stands still is passed over: the progress must have been read before the events, and the events before
 * the journal.
 * @param lagMs After this time a write is found by polls.
 */
export function checkProgress(
  progress: readonly Progress[],
  { happened, stored }: Pick<Ledgers, 'happened' | 'stored'>,
  lagMs: number,
): readonly Breach[] {
  const events = groupBy(stored, recordOf);
  const cursors = new Map(progress.map(({ object, feed, cursorMs }) => [`${object} ${feed}`, cursorMs ?? 0]));
  return [...lastOf(happened)].flatMap(([record, last]): readonly Breach[] => {
    const cursorMs = cursors.get(`${last.object} ${last.action === 'delete' ? 'deletes' : 'changes'}`) ?? 0;
    if (Math.max(last.stampMs, last.atMs) + lagMs >= cursorMs) return [];
    if (events.get(record)?.some((event) => tells(event, last)) === true) return [];
    const detail = `${last.action} of ${new Date(last.stampMs).toISOString()}; cursor ${new Date(cursorMs).toISOString()}`;
    return [{ law: 'the cursor passes nothing that is not stored', detail, record }];
  });
}

function lastOf(happened: readonly Happened[]): ReadonlyMap<string, Happened> {
  return new Map(happened.map((entry) => [recordName(entry.object, entry.id), entry]));
}

function tells(event: AnyhookEvent, entry: Happened): boolean {
  const isDelete = event.data.change === 'deleted';
  return isDelete === (entry.action === 'delete') && Date.parse(event.time) === entry.stampMs;
}

/** The first plain value that both records have and that differs: some vendors' stamps are too coarse to tell states apart. */
function difference(told: unknown, kept: unknown): string | null {
  if (!isObject(told) || !isObject(kept)) return null;
  for (const [name, value] of Object.entries(told)) {
    const other = kept[name];
    if (isObject(value) && isObject(other)) {
      const inner = difference(value, other);
      if (inner !== null) return `${name}.${inner}`;
    } else if (typeof value === typeof other && !isObject(value) && value !== other) return name;
  }
  return null;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
