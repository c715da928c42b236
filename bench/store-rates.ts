/** How fast a store keeps events and how fast polls go round: the same for both engines. */
import type { PollKey, Store } from '../src/store/port.ts';
import { entryOf, eventOf, leaseMs } from '../test/suite/store-builders.ts';
import { type Measure, type Pace, quick, rateOf, ratioOf } from './measure.ts';

export const owner = 'bench';
export const eventsACommit = 100;
export const now = 2_000;
const commitsATurn = 20;
const leasedAtOnce = 1_000;
const entriesACommit = 5_000;
/** As the runtime does. */
const rowsSwept = 500;

export interface Page {
  readonly number: number;
  readonly events: readonly ReturnType<typeof eventOf>[];
}

export type CommitPage = (page: Page) => Promise<void> | void;

/** The store beside its driver, which writes the same rows and asks nothing. `key` is leased by `owner`. */
export async function eventRates(engine: string, store: Store, key: PollKey, raw: CommitPage, pace: Pace) {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < pace.rounds; round += 1) {
    // Turn about, so that what else the machine does falls on both alike.
    ours.push(await commitsPerSecond(round, (page) => commitPage(store, key, page)));
    theirs.push(await commitsPerSecond(round, raw));
  }
  return [
    { name: `${engine}: store events, 100 a commit`, ...rateOf(ours, eventsACommit), unit: 'events/s' },
    { name: `${engine}: store events, beside the driver`, ...ratioOf(ours, theirs), unit: '×', goal: 0.5 },
  ];
}

/** Whether an event costs as much when a million records are known as when a thousand are. */
export async function flatness(engine: string, store: Store, key: PollKey, pace: Pace): Promise<readonly Measure[]> {
  const [few, many] = pace === quick ? [1_000, 20_000] : [1_000, 1_000_000];
  const rates: number[][] = [];
  let known = 0;
  let round = 0;
  for (const size of [few, many]) {
    for (; known < size; known += Math.min(entriesACommit, size - known)) {
      const count = Math.min(entriesACommit, size - known);
      const ledger = Array.from({ length: count }, (_, index) => entryOf(`known-${known + index}`, 1));
      await store.commitPoll({ key, owner, events: [], ledger, now });
    }
    const ofSize: number[] = [];
    rates.push(ofSize);
    for (let turn = 0; turn < pace.rounds; turn += 1) {
      round += 1;
      ofSize.push(await commitsPerSecond(round, (page) => commitPage(store, key, page)));
    }
  }
  const [first = [], last = []] = rates;
  const name = `${engine}: events/s with ${many.toLocaleString('en')} known records, beside ${few.toLocaleString('en')}`;
  return [{ name, ...ratioOf(last, first), unit: '×', goal: 0.8 }];
}

/** How long others wait at most while an instance with all it has is taken away. */
export async function longestSweep(engine: string, store: Store, instanceId: string): Promise<readonly Measure[]> {
  const times: number[] = [];
  let isMore = await store.deleteInstance(instanceId);
  while (isMore) {
    const start = performance.now();
    isMore = await store.sweep(rowsSwept);
    times.push(performance.now() - start);
  }
  const longest = Math.max(...times);
  const name = `${engine}: longest of ${times.length.toLocaleString('en')} steps of a delete`;
  return [{ name, figure: longest, best: Math.min(...times), unit: 'ms', most: 250 }];
}

/** All that is scheduled is due at `now`. */
export async function pollRates(engine: string, store: Store, scheduled: number): Promise<readonly Measure[]> {
  const rates: number[] = [];
  for (let done = 0; done < Math.min(scheduled, 100_000); ) {
    const start = performance.now();
    const leased = await store.leasePolls({ owner, now, leaseMs, limit: leasedAtOnce });
    await Promise.all(
      leased.map((key) =>
        store.finishPoll({ key, owner, dueAt: now + 300_000, now, failure: null, pace: { seconds: 60, quiet: 1 } }),
      ),
    );
    if (leased.length === 0) throw new Error('A poll was not due.');
    done += leased.length;
    rates.push((leased.length * 1_000) / (performance.now() - start));
  }
  const name = `${engine}: lease and finish, ${scheduled.toLocaleString('en')} polls scheduled`;
  return [{ name, ...rateOf(rates), unit: 'polls/s', goal: 20_000 }];
}

/** Commits one after the other; pages are made beforehand. */
async function commitsPerSecond(round: number, commit: CommitPage): Promise<number> {
  const pages = Array.from({ length: commitsATurn }, (_, index): Page => {
    const number = round * commitsATurn + index + 1;
    const events = Array.from({ length: eventsACommit }, (_unused, record) => eventOf('a', `${number}-${record}`, 1));
    return { number, events };
  });
  const start = performance.now();
  for (const page of pages) await commit(page);
  return (pages.length * 1_000) / (performance.now() - start);
}

async function commitPage(store: Store, key: PollKey, { number, events }: Page): Promise<void> {
  const ledger = events.map((event) => entryOf(event.subject, number));
  const stored = await store.commitPoll({ key, owner, events, ledger, cursor: { ms: number }, now });
  if (stored.length !== events.length) throw new Error('An event was not new.');
}
