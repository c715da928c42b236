/** One run: the world goes on, the feeds are polled through trouble and crashes, and what was told is held against the journal. */

import type { ChangeState, FeedSource } from '../../src/change/feed.ts';
import { pollFeed } from '../../src/change/poll.ts';
import { emptyReport } from '../../src/change/poll-report.ts';
import { learnVendorClock } from '../../src/change/vendor-clock.ts';
import { checkInstance } from '../../src/connector/instance.ts';
import { narrowDetection, type Scope } from '../../src/connector/narrow.ts';
import { Failure } from '../../src/diagnostic/failure.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import type { VendorClient } from '../../src/http/client.ts';
import { createQuotas } from '../../src/http/quota.ts';
import { createVendorClient } from '../../src/http/vendor-client.ts';
import { seededRandom } from '../../src/sandbox/random.ts';
import type { Feed } from '../../src/store/port.ts';
import { virtualClock } from '../suite/virtual-clock.ts';
import { lawConnector, type Plan } from './connector.ts';
import { inMemory, type OpenStates } from './states.ts';
import { Vendor } from './vendor.ts';
import { type Traps, World, type Write } from './world.ts';

export interface RunOptions {
  readonly plan: (traps: Traps) => Plan;
  readonly traps: Traps;
  readonly seed: number;
  readonly polls: number;
  /** Share of commits that end in a crash, before or after they are stored. */
  readonly crashRate: number;
  readonly where?: string;
  readonly scope?: Scope;
  /** Where the instance starts; by default now. `past` is a time when half of what was there had been written. */
  readonly start?: 'now' | 'past' | 'everything';
  /** Where it is kept; by default in memory. */
  readonly states?: OpenStates;
}

export interface Ran {
  readonly world: World;
  readonly plan: Plan;
  readonly events: readonly AnyhookEvent[];
  /** When the instance began, on the vendor's clock. */
  readonly beganMs: number;
  /** Codes of the failures that polls ended with. */
  readonly failures: readonly string[];
}

class Crash extends Error {}

const warmUpWrites = 8;

/** Runs a plan to the end: at last the vendor is calm, and all that there is has been polled. */
export async function run(options: RunOptions): Promise<Ran> {
  const traps = { ...options.traps, ...options.plan(options.traps).traps };
  const plan = options.plan(traps);
  const clock = virtualClock(plan.startMs ?? Date.parse('2026-11-20T12:00:00Z'));
  const world = new World(traps, options.seed, clock.now);
  const vendor = new Vendor(world);
  const settings = { baseUrl: await vendor.open() };
  const { connector, object } = lawConnector(plan, traps);
  const credentials = { secret: 's' };
  const { auth } = checkInstance(connector, { settings, credentials });
  if (auth === null) throw new Error('no way to authenticate');
  let pastMs = clock.now();
  for (let count = 0; count < warmUpWrites; count += 1) {
    clock.advance(1_000 + world.pick(5_000));
    world.write();
    if (count === warmUpWrites / 2) pastMs = clock.now() + 500;
  }
  clock.advance(600_000);
  const startMs = { now: clock.now(), past: pastMs, everything: 0 }[options.start ?? 'now'];
  const beganMs = startMs === 0 ? 0 : startMs + traps.skewMs;
  const random = seededRandom(options.seed + 1);
  const failures: string[] = [];
  // What a process holds: it is made anew after a crash.
  const openClient = (): VendorClient =>
    createVendorClient({
      auth,
      http: connector.definition.http,
      settings,
      credentials,
      saveCredentials: async () => {},
      addressRules: compileAddressRules(['127.0.0.0/8']).rules,
      quotas: createQuotas(clock),
      clock,
      userAgent: 'anyhook/test',
    });
  let client = openClient();
  const feeds = (['changes', 'deletes'] as const).filter((feed) => object[feed] !== null);
  const states = await (options.states ?? inMemory)(feeds, clock, startMs);
  const sourceOf = (feed: Feed): FeedSource => {
    const { detection } = narrowDetection(connector, 'thing', feed, options.where ?? null, options.scope);
    if (detection === null) throw new Error(`the where does not fit ${feed}`);
    const track = options.scope === 'track';
    return { connector, object, feed, detection, instance: { id: 'i', name: 'i', tags: [] }, settings, track };
  };
  const poll = async (feed: Feed, crashRate: number): Promise<void> => {
    const state = await states.begin(feed, client);
    try {
      const risky = crashing(state, random, crashRate);
      const source = sourceOf(feed);
      const ports = { client, state: risky, now: clock.now };
      await learnVendorClock(source, ports);
      await pollFeed(source, ports, emptyReport(feed, state.cursor));
    } catch (error) {
      if (error instanceof Failure) {
        failures.push(error.code);
        clock.advance(error.retryAfterMs ?? 0);
      } else if (!(error instanceof Crash)) throw error;
      await client.close();
      client = openClient();
      if (error instanceof Crash) return states.crash();
    }
    await states.end(feed);
  };
  try {
    for (let count = 0; count < options.polls; count += 1) {
      for (let writes = world.pick(4); writes > 0; writes -= 1) {
        clock.advance(world.pick(20_000));
        world.write();
      }
      clock.advance(world.pick(60_000));
      for (const feed of feeds) if (random() < 0.8) await poll(feed, options.crashRate);
    }
    vendor.isCalm = true;
    // Long enough for what lags, and for an enumeration to believe that a record is missing.
    for (let count = 0; count < 5; count += 1) {
      clock.advance(400_000 + traps.lagMs);
      for (const feed of feeds) await poll(feed, 0);
    }
    return { world, plan, events: await states.events(), beganMs, failures };
  } finally {
    await client.close();
    await vendor.close();
    await states.close();
  }
}

/** A state whose commits now and then end the process: before they are stored, or after. */
function crashing(state: ChangeState, random: () => number, rate: number): ChangeState {
  return {
    get cursor() {
      return state.cursor;
    },
    get startMs() {
      return state.startMs;
    },
    ledger: state.ledger,
    unseen: state.unseen,
    countUnseen: state.countUnseen,
    checkpoints: state.checkpoints,
    async commit(commit) {
      if (random() < rate / 2) throw new Crash('before the commit');
      const stored = await state.commit(commit);
      if (random() < rate / 2) throw new Crash('after the commit');
      return stored;
    },
  };
}

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
