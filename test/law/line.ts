/** The process under test: it polls, and when it dies in a commit it is started again. */
import type { FeedSource } from '../../src/change/feed.ts';
import { pollFeed } from '../../src/change/poll.ts';
import { emptyReport } from '../../src/change/poll-report.ts';
import { learnVendorClock } from '../../src/change/vendor-clock.ts';
import type { Connector, ConnectorObject } from '../../src/connector/connector.ts';
import { narrowDetection } from '../../src/connector/narrow.ts';
import { Crashed, crashing } from '../../src/contract/crashing-state.ts';
import { Failure } from '../../src/diagnostic/failure.ts';
import { seededRandom } from '../../src/sandbox/random.ts';
import type { Feed } from '../../src/store/port.ts';
import type { VendorAccess } from '../suite/vendor-access.ts';
import type { VirtualClock } from '../suite/virtual-clock.ts';
import type { RunOptions } from './run.ts';
import type { States } from './states.ts';

export interface LawLine {
  /** Codes of the failures that polls ended with. */
  readonly failures: readonly string[];
  /** When each feed had a cursor, on our clock, which is not set before: from then on nothing is on it. null until then. */
  readonly begunMs: number | null;
  /** @param crashRate share of commits in which the process ends, before or after they are stored. */
  poll(feed: Feed, crashRate: number): Promise<void>;
  close(): Promise<void>;
}

export interface LineParts {
  readonly connector: Connector;
  readonly object: ConnectorObject;
  readonly access: VendorAccess;
  readonly clock: VirtualClock;
  readonly feeds: readonly Feed[];
  readonly states: States;
}

type Wanted = Pick<RunOptions, 'seed' | 'where' | 'scope'>;

export function openLawLine(wanted: Wanted, { connector, object, access, clock, feeds, states }: LineParts): LawLine {
  const { settings } = access;
  const random = seededRandom(wanted.seed + 1);
  const failures: string[] = [];
  const begun = new Set<Feed>();
  let begunMs: number | null = null;
  const instance = { id: 'i', name: 'i', tags: [] };
  const sourceOf = (feed: Feed): FeedSource => {
    const { detection } = narrowDetection(connector, 'thing', feed, wanted.where ?? null, wanted.scope);
    if (detection === null) throw new Error(`the where does not fit ${feed}`);
    return { connector, object, feed, detection, instance, settings, track: wanted.scope === 'track' };
  };
  // What a process holds: it is made anew after a crash.
  let client = access.open();
  return {
    failures,
    get begunMs() {
      return begunMs;
    },
    async poll(feed, crashRate) {
      const state = await states.begin(feed, client);
      try {
        const risky = crashing(state, () => random() < crashRate / 2);
        const source = sourceOf(feed);
        const ports = { client, state: risky, now: clock.now };
        await learnVendorClock(source, ports);
        await pollFeed(source, ports, emptyReport(feed, state.cursor));
      } catch (error) {
        if (error instanceof Failure) {
          failures.push(error.code);
          clock.advance(error.retryAfterMs ?? 0);
        } else if (!(error instanceof Crashed)) throw error;
        await client.close();
        client = access.open();
        if (error instanceof Crashed) return states.crash();
      }
      await states.end(feed);
      if (state.cursor !== null) begun.add(feed);
      if (begun.size === feeds.length) begunMs ??= clock.now();
    },
    close: () => client.close(),
  };
}
