/** Where a run keeps what it found: in memory, which never dies, or in a store that is opened anew after each crash. */
import type { ChangeState } from '../../src/change/feed.ts';
import { createMemoryStates } from '../../src/change/memory-state.ts';
import { pollLeaseMs, pollPorts } from '../../src/engine/poller.ts';
import type { AnyhookEvent } from '../../src/event/event.ts';
import type { VendorClient } from '../../src/http/client.ts';
import type { Feed } from '../../src/store/port.ts';
import type { OpenStore } from '../suite/store.ts';
import { instanceOf, keyOf, pollOf } from '../suite/store-builders.ts';
import type { VirtualClock } from '../suite/virtual-clock.ts';

export interface States {
  /** A poll begins. */
  begin(feed: Feed, client: VendorClient): Promise<ChangeState>;
  /** It ended, well or not. */
  end(feed: Feed): Promise<void>;
  /** The process died in it. */
  crash(): Promise<void>;
  events(): Promise<readonly AnyhookEvent[]>;
  close(): Promise<void>;
}

/** @param startMs where the first poll begins. */
export type OpenStates = (feeds: readonly Feed[], clock: VirtualClock, startMs: number) => Promise<States>;

export const inMemory: OpenStates = async (feeds, _clock, startMs) => {
  const memory = createMemoryStates(startMs);
  const states = new Map(feeds.map((feed) => [feed, memory.state()]));
  return {
    async begin(feed) {
      const state = states.get(feed);
      if (state === undefined) throw new Error(`no feed of ${feed}`);
      return state;
    },
    end: async () => {},
    crash: async () => {},
    events: async () => memory.events,
    close: async () => {},
  };
};

/** A store of its own, of one instance, "i", and its object, "thing". */
export const inStore =
  (open: OpenStore): OpenStates =>
  async (feeds, clock, startMs) => {
    const opened = await open();
    const keyFor = (feed: Feed) => keyOf('i', { object: 'thing', feed });
    const start = { startMs, dueAt: clock.now() };
    await opened.store.createInstance(
      instanceOf('i'),
      feeds.map((feed) => pollOf(keyFor(feed), start)),
    );
    let lives = 1;
    const owner = (): string => `life ${lives}`;
    return {
      async begin(feed, client) {
        const { store } = opened;
        const key = keyFor(feed);
        const held = await store.leasePoll(key, { owner: owner(), now: clock.now(), leaseMs: pollLeaseMs });
        if (held === null) throw new Error(`the poll of ${feed} is not free`);
        const options = { store, clock, owner: owner() };
        return pollPorts(key, held, { client }, options, new AbortController().signal).state;
      },
      end: async (feed) => {
        const done = { owner: owner(), dueAt: clock.now(), now: clock.now(), failure: null };
        await opened.store.finishPoll({ key: keyFor(feed), ...done });
      },
      async crash() {
        lives += 1;
        await opened.reopen();
        // As long as another waits for a node that is dead.
        clock.advance(pollLeaseMs);
      },
      async events() {
        const events = await opened.store.listEvents({ instanceId: 'i', after: 0, limit: 10_000 });
        return events as readonly AnyhookEvent[];
      },
      close: () => opened.close(),
    };
  };
