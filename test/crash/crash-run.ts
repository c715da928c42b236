/**
 * One run on one store: vendors that change and fail, a callback that fails, processes that are killed and started
 * again; then rest, and the three ledgers are held against each other.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { loadConnectors } from '../../src/connector/load.ts';
import { type Faults, noFaults } from '../../src/sandbox/faults.ts';
import { pick, type Random, seededRandom, wholeNumber } from '../../src/sandbox/random.ts';
import { startPostgres } from '../store/postgres-server.ts';
import { Cluster } from './cluster.ts';
import { checkDeliveries, undelivered } from './delivery-laws.ts';
import type { Breach, Ledgers } from './ledgers.ts';
import { goodMood, type Mood, MoodyReceiver } from './moody-receiver.ts';
import { checkLastStates, checkProgress, checkStore } from './store-laws.ts';
import { measureTakeovers, type Takeover } from './takeover.ts';
import { VendorSite } from './vendor-site.ts';

export type StoreKind = 'sqlite' | 'postgres';

export interface CrashOptions {
  readonly store: StoreKind;
  readonly kills: number;
  readonly seed: number;
  /** What node runs as `anyhook`. */
  readonly program: readonly string[];
  /** How often the takeover after a death is measured; only where two share a store. */
  readonly takeovers: number;
  /** Ends the killing early; what was stored is still brought to rest and checked. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: CrashProgress) => void;
}

export interface CrashProgress {
  readonly store: StoreKind;
  readonly phase: 'running' | 'resting' | 'takeover';
  readonly kills: number;
  readonly events: number;
  readonly arrivals: number;
  readonly waitingFor: number;
}

export interface CrashReport {
  readonly store: StoreKind;
  readonly seed: number;
  readonly kills: number;
  /** Of them: while it started, at a moment by the clock, in a delivery. */
  readonly moments: Readonly<Record<Moment, number>>;
  readonly edits: number;
  readonly events: number;
  readonly arrivals: number;
  /** Arrivals of an event that had come before. */
  readonly repeats: number;
  readonly restMs: number;
  readonly takeovers: readonly Takeover[];
  readonly breaches: readonly Breach[];
  /** By the name of the vendor. */
  readonly ledgers: ReadonlyMap<string, Ledgers>;
}

type Moment = 'starting' | 'running' | 'delivering';

const watched: Readonly<Record<string, readonly string[]>> = {
  hubspot: ['contact', 'account'],
  salesforce: ['contact', 'lead'],
};
/** Longer than any delay that is by design: a dead node's leases, then retries with their backoff. */
const restDeadlineMs = 600_000;
const connectDeadlineMs = 60_000;
const editPauseMs = 150;
/** Longer than the settle time of the connectors, so that records are found late. */
const longestLagMs = 8_000;
const checkEvery = 5;

const badDay: Partial<Faults> = {
  pageSize: 20,
  slowBodyMs: 40,
  throttleRate: 0.02,
  retryAfterSeconds: 1,
  dropRate: 0.03,
  resetRate: 0.01,
  errorRate: 0.02,
  truncateRate: 0.01,
  htmlRate: 0.01,
};
const badMood: Mood = { failing: 0.08, hangingUp: 0.03, slow: 0.3, slowestMs: 400 };

/** Starts everything, runs, checks, and leaves nothing behind. */
export async function crashRun(options: CrashOptions): Promise<CrashReport> {
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const data = await mkdtemp(path.join(tmpdir(), 'anyhook-crash-'));
    closing.push(() => rm(data, { recursive: true, force: true }));
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const receiver = new MoodyReceiver(secret, seededRandom(options.seed + 1));
    await receiver.listen();
    closing.push(() => receiver.close());
    const sites: VendorSite[] = [];
    const { connectors } = await loadConnectors();
    for (const [name, objects] of Object.entries(watched)) {
      const connector = connectors.get(name);
      if (connector === undefined) throw new Error(`no connector ${name}`);
      const site = await VendorSite.start(connector, objects, { seed: options.seed });
      sites.push(site);
      closing.push(() => site.close());
    }
    const server = options.store === 'postgres' ? await startPostgres() : null;
    if (server !== null) closing.push(() => server.stop());
    const secretKey = randomBytes(32).toString('base64');
    const storeUrl = server?.url ?? null;
    const cluster = await Cluster.start({ program: options.program, data, storeUrl, secretKey }, storeUrl ? 2 : 1);
    closing.push(() => cluster.kill());
    return await new CrashRun(options, sites, receiver, cluster).run(secret);
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

class CrashRun {
  readonly #options: CrashOptions;
  readonly #sites: readonly VendorSite[];
  readonly #receiver: MoodyReceiver;
  readonly #cluster: Cluster;
  readonly #breaches: Breach[] = [];
  readonly #moments: Record<Moment, number> = { starting: 0, running: 0, delivering: 0 };
  #edits = 0;
  #events = 0;
  #waitingFor = 0;
  #lagMs = 0;

  constructor(options: CrashOptions, sites: readonly VendorSite[], receiver: MoodyReceiver, cluster: Cluster) {
    this.#options = options;
    this.#sites = sites;
    this.#receiver = receiver;
    this.#cluster = cluster;
  }

  async run(secret: string): Promise<CrashReport> {
    const { store, seed, takeovers } = this.#options;
    for (const site of this.#sites) {
      await site.connect(await this.#cluster.access(), { url: this.#receiver.url(site.name), secret });
    }
    await this.#until(connectDeadlineMs, async () => ((await this.#allPolledSince(0)) ? 0 : 1));
    const stop = new AbortController();
    const editing = this.#keepEditing(seededRandom(seed + 2), stop.signal);
    try {
      await this.#killAll(seededRandom(seed + 3));
    } finally {
      stop.abort();
      await editing;
    }
    const restMs = await this.#rest();
    const ledgers = await this.#reconcile();
    const measured = this.#cluster.size > 1 ? await this.#takeovers(takeovers) : [];
    await this.#cluster.ready();
    const codes = await this.#cluster.stop();
    if (codes.some((code) => code !== 0))
      this.#breaches.push({ law: 'stops when asked', detail: `exit codes ${codes.join(', ')}` });
    const arrived = [...ledgers.values()].flatMap((ledger) => ledger.arrived);
    return {
      store,
      seed,
      kills: this.#killed,
      moments: this.#moments,
      edits: this.#edits,
      events: this.#events,
      arrivals: arrived.length,
      repeats: arrived.length - new Set(arrived.map(({ id }) => id)).size,
      restMs,
      takeovers: measured,
      breaches: this.#breaches,
      ledgers,
    };
  }

  get #killed(): number {
    return this.#moments.starting + this.#moments.running + this.#moments.delivering;
  }

  async #killAll(random: Random): Promise<void> {
    this.#receiver.mood = badMood;
    while (
      this.#killed < this.#options.kills &&
      this.#breaches.length === 0 &&
      this.#options.signal?.aborted !== true
    ) {
      // The lag only grows: what was written under a longer one must not be expected sooner.
      if (this.#killed % 40 === 20) this.#lagMs = Math.min(longestLagMs, this.#lagMs + 4_000);
      for (const site of this.#sites) {
        const lags = { indexLagMs: this.#lagMs, commitLagMs: Math.min(this.#lagMs, 3_000) };
        await site.disturb({ ...badDay, ...lags, expireTokens: random() < 0.05 });
      }
      const index = wholeNumber(random, 0, this.#cluster.size - 1);
      const moment = pick<Moment>(random, ['starting', 'running', 'running', 'delivering', 'delivering']);
      const isBoth = this.#cluster.size > 1 && random() < 0.1;
      if (moment === 'starting') await this.#cluster.killOne(index);
      await this.#await(moment, index, random);
      await this.#cluster.killOne(index);
      this.#moments[moment] += 1;
      if (isBoth) await this.#cluster.killOne(1 - index);
      this.#cluster.restart(index);
      if (isBoth) this.#cluster.restart(1 - index);
      if (this.#killed % checkEvery === 0) await this.#observe();
      this.#tell('running');
    }
  }

  /** Waits for the moment of the kill. */
  async #await(moment: Moment, index: number, random: Random): Promise<void> {
    if (moment === 'starting') {
      this.#cluster.restart(index);
      return sleep(random() * 1_000);
    }
    await this.#cluster.ready();
    const delayMs = random() * (moment === 'running' ? 1_200 : 30);
    // In a delivery: after it has come, before or just after it is answered. Where none comes, the clock decides.
    if (moment === 'delivering') await Promise.race([this.#receiver.next(), sleep(1_500)]);
    await sleep(delayMs);
  }

  async #keepEditing(random: Random, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const site = pick(random, this.#sites);
      const count = wholeNumber(random, 1, 3);
      await site.edit(pick(random, site.objects), count);
      this.#edits += count;
      await sleep(random() * 2 * editPauseMs, null, { signal: stop }).catch(() => {});
    }
  }

  /** In the middle of it all: nothing that stood still is passed over, and what was stored stays as it was. */
  async #observe(): Promise<void> {
    const access = await this.#cluster.access();
    let count = 0;
    for (const site of this.#sites) {
      const progress = await site.progress(access);
      const stored = await site.storedEvents(access);
      count += stored.length;
      const happened = await site.happened();
      this.#breaches.push(...checkProgress(progress, { happened, stored }, 2 * longestLagMs));
    }
    this.#events = count;
  }

  /** Everything behaves; waits until nothing is missing, and a poll more, so that what is told twice shows too. */
  async #rest(): Promise<number> {
    this.#receiver.mood = goodMood;
    for (const site of this.#sites) await site.disturb(noFaults);
    const startedAt = Date.now();
    await this.#until(restDeadlineMs, async () => {
      await this.#observe();
      let missing = 0;
      const access = await this.#cluster.access();
      for (const site of this.#sites) {
        const ledgers = await this.#ledgersOf(site, await site.storedEvents(access));
        missing += checkLastStates(ledgers).length + undelivered(ledgers.stored, ledgers.arrived).length;
      }
      return missing;
    });
    const restedAt = Date.now();
    // Two whole polls of every feed, the second begun after the rest.
    for (let turn = 0; turn < 2; turn += 1) {
      const since = Date.now();
      await this.#until(connectDeadlineMs, async () => ((await this.#allPolledSince(since)) ? 0 : 1));
    }
    return restedAt - startedAt;
  }

  async #reconcile(): Promise<ReadonlyMap<string, Ledgers>> {
    const all = new Map<string, Ledgers>();
    const access = await this.#cluster.access();
    for (const site of this.#sites) {
      const before = await site.storedEvents(access);
      const stored = await site.readEvents(access);
      const ledgers = await this.#ledgersOf(site, stored);
      all.set(site.name, ledgers);
      this.#breaches.push(...checkStore(ledgers), ...checkDeliveries(ledgers));
      const changed = before.findIndex((event, index) => !isDeepStrictEqual(event, stored[index]));
      if (changed >= 0) this.#breaches.push({ law: 'what is stored stays', detail: `sequence ${changed + 1}` });
    }
    return all;
  }

  async #takeovers(times: number): Promise<readonly Takeover[]> {
    this.#tell('takeover');
    const parts = { cluster: this.#cluster, sites: this.#sites, receiver: this.#receiver };
    return measureTakeovers(parts, times, () => this.#tell('takeover'));
  }

  async #ledgersOf(site: VendorSite, stored: Ledgers['stored']): Promise<Ledgers> {
    const [happened, records] = [await site.happened(), await site.records()];
    return { happened, stored, records, arrived: this.#receiver.arrived(site.name) };
  }

  async #allPolledSince(sinceMs: number): Promise<boolean> {
    const access = await this.#cluster.access();
    const feeds = await Promise.all(this.#sites.map((site) => site.progress(access)));
    return feeds.flat().every(({ lastPolledMs, cursorMs }) => cursorMs !== null && (lastPolledMs ?? 0) > sinceMs);
  }

  /** Asks again and again until nothing is waited for, or the deadline is over: then the laws tell what is missing. */
  async #until(deadlineMs: number, missing: () => Promise<number>): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      this.#waitingFor = await missing();
      this.#tell('resting');
      if (this.#waitingFor === 0 || Date.now() > deadline) return;
      await sleep(500);
    }
  }

  #tell(phase: CrashProgress['phase']): void {
    this.#options.onProgress?.({
      store: this.#options.store,
      phase,
      kills: this.#killed,
      events: this.#events,
      arrivals: this.#receiver.count,
      waitingFor: this.#waitingFor,
    });
  }
}
