/** One run: the world goes on, and the feeds are polled through trouble and crashes. */
import type { Scope } from '../../src/connector/narrow.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import { accessVendor } from '../suite/vendor-access.ts';
import { type VirtualClock, virtualClock } from '../suite/virtual-clock.ts';
import { lawConnector, type Plan } from './connector.ts';
import { openLawLine } from './line.ts';
import { inMemory, type OpenStates } from './states.ts';
import { Vendor } from './vendor.ts';
import { type Traps, World } from './world.ts';

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
  /** When all that there was had been met, on the vendor's clock. */
  readonly metMs: number;
  /** Codes of the failures that polls ended with. */
  readonly failures: readonly string[];
}

const warmUpWrites = 8;

const hourMs = 3_600_000;
const silencesMs = [hourMs / 6, 3 * hourMs, 30 * hourMs, 8 * 24 * hourMs, 31 * 24 * hourMs];

/** Runs a plan to the end: at last the vendor is calm, and all that there is has been polled. */
export async function run(options: RunOptions): Promise<Ran> {
  const traps = { ...options.traps, ...options.plan(options.traps).traps };
  const plan = options.plan(traps);
  const clock = virtualClock(plan.startMs ?? Date.parse('2026-11-20T12:00:00Z'));
  const world = new World(traps, options.seed, clock.now);
  const vendor = new Vendor(world);
  const { connector, object } = lawConnector(plan, traps);
  const given = { settings: { baseUrl: await vendor.open() }, credentials: { secret: 's' } };
  const access = accessVendor(connector, given, clock);
  const pastMs = warmUp(world, clock);
  const startMs = { now: clock.now(), past: pastMs, everything: 0 }[options.start ?? 'now'];
  const beganMs = startMs === 0 ? 0 : startMs + traps.skewMs;
  const feeds = (['changes', 'deletes'] as const).filter((feed) => object[feed] !== null);
  const states = await (options.states ?? inMemory)(feeds, clock, startMs);
  const line = openLawLine(options, { connector, object, access, clock, feeds, states });
  try {
    for (let count = 0; count < options.polls; count += 1) {
      people(world, clock);
      if (world.random() < traps.clockSetRate && line.begunMs !== null) setOurClock(world, clock);
      if (world.random() < 0.08) await silence(world, clock, () => line.poll('changes', options.crashRate));
      for (const feed of feeds) if (world.random() < 0.8) await line.poll(feed, options.crashRate);
    }
    vendor.isCalm = true;
    // Long enough for what lags, and for an enumeration to believe that a record is missing.
    for (let count = 0; count < 5; count += 1) {
      clock.advance(400_000 + traps.lagMs);
      for (const feed of feeds) await line.poll(feed, 0);
    }
    const metMs = (line.begunMs ?? clock.now()) + traps.skewMs;
    return { world, plan, events: await states.events(), beganMs, metMs, failures: line.failures };
  } finally {
    await line.close();
    await vendor.close();
    await states.close();
  }
}

/** Some write, and time goes by. */
function people(world: World, clock: VirtualClock): void {
  for (let writes = world.pick(4); writes > 0; writes -= 1) {
    clock.advance(world.pick(20_000));
    world.write();
  }
  clock.advance(world.pick(60_000));
}

/** By up to an hour from what it was when the run began. */
function setOurClock(world: World, clock: VirtualClock): void {
  const toMs = (world.random() * 2 - 1) * hourMs;
  const byMs = Math.round(toMs - (world.traps.skewMs - world.skewMs));
  clock.set(byMs);
  world.ourClockSet(byMs);
}

/** What is there before the instance begins. Answers a time at which half of it was written. */
function warmUp(world: World, clock: VirtualClock): number {
  let halfMs = clock.now();
  for (let count = 0; count < warmUpWrites; count += 1) {
    clock.advance(1_000 + world.pick(5_000));
    world.write();
    if (count === warmUpWrites / 2) halfMs = clock.now() + 500;
  }
  clock.advance(600_000);
  return halfMs;
}

/** Nobody polls for minutes or weeks; then polls come close upon each other, and somebody writes between them. */
async function silence(world: World, clock: VirtualClock, poll: () => Promise<void>): Promise<void> {
  clock.advance(silencesMs[world.pick(silencesMs.length)] ?? 0);
  for (let polls = world.pick(4); polls > 0; polls -= 1) {
    world.write();
    await poll();
    clock.advance(1 + world.pick(2_500));
  }
}
