/** The process under test: one object's feeds polled through the real change detection; it can crash and start anew. */
import type { FeedSource } from '../change/feed.ts';
import { createMemoryStates } from '../change/memory-state.ts';
import { pollFeed } from '../change/poll.ts';
import { emptyReport } from '../change/poll-report.ts';
import { learnVendorClock } from '../change/vendor-clock.ts';
import type { Connector, ConnectorObject, Detection } from '../connector/connector.ts';
import { Failure } from '../diagnostic/failure.ts';
import type { AnyhookEvent } from '../event/event.ts';
import { sendingBy, type VendorClient } from '../http/client.ts';
import type { Clock } from '../http/clock.ts';
import type { Feed } from '../store/port.ts';
import { Crashed, crashing } from './crashing-state.ts';
import type { Crash } from './script.ts';

export interface LineOptions {
  readonly connector: Connector;
  readonly object: ConnectorObject;
  readonly settings: FeedSource['settings'];
  readonly clock: Clock;
  /** Opens the line to the vendor; after a crash it is opened again. */
  readonly openClient: () => VendorClient;
  readonly signal: AbortSignal;
  /** Stands in for the connector's own word on how much one query yields. */
  readonly resultCap?: number | null;
}

export interface Polled {
  /** null when the poll went to its end. */
  readonly ended: Failure | 'crash' | null;
  /** How far the vendor's clock was known when it began. */
  readonly knownMs: number;
}

export interface PolledLine {
  readonly events: readonly AnyhookEvent[];
  /** @param afterAnswer runs after each answer of the vendor, counted from 1. */
  poll(feed: Feed, crash?: Crash | null, afterAnswer?: (count: number) => Promise<void>): Promise<Polled>;
  close(): Promise<void>;
}

const instance = { id: 'test', name: 'test', tags: [] };

export function openLine(options: LineOptions): PolledLine {
  const { connector, object, settings, clock, openClient, signal } = options;
  const memory = createMemoryStates(clock.now());
  const states = { changes: memory.state(), deletes: memory.state() };
  let client = openClient();
  return {
    events: memory.events,
    async poll(feed, crash = null, afterAnswer = async () => {}) {
      const detection = cappedAt(options.resultCap ?? null, detectionOf(object, feed));
      const source: FeedSource = { connector, object, feed, detection, instance, settings };
      const isEnd = (at: Crash['at'], count: number) => crash?.at === at && crash.count === count;
      const state = crashing(states[feed], isEnd);
      const ports = { client: answering(client, crash, afterAnswer), state, now: clock.now, signal };
      let knownMs = clock.now() + client.clockSkewMs;
      try {
        await learnVendorClock(source, { ...ports, client });
        knownMs = clock.now() + client.clockSkewMs;
        await pollFeed(source, ports, emptyReport(feed, state.cursor));
        return { ended: null, knownMs };
      } catch (error) {
        if (error instanceof Failure) return { ended: error, knownMs };
        if (!(error instanceof Crashed)) throw error;
        await client.close();
        client = openClient();
        return { ended: 'crash', knownMs };
      }
    },
    close: () => client.close(),
  };
}

function detectionOf(object: ConnectorObject, feed: Feed): Detection {
  const detection = object[feed];
  if (detection === null) throw new Error(`${object.name} has no feed ${feed}`);
  return detection;
}

/** The detection of a vendor that yields no more than so many records to a query. */
function cappedAt(cap: number | null, detection: Detection): Detection {
  const isCapped = cap !== null && 'cursor' in detection && detection.cursor.cap !== null;
  return isCapped ? ({ ...detection, cursor: { ...detection.cursor, cap } } as Detection) : detection;
}

/** The client, and what happens after each of its answers. */
function answering(
  client: VendorClient,
  crash: Crash | null,
  afterAnswer: (count: number) => Promise<void>,
): VendorClient {
  let answers = 0;
  return sendingBy(client, async (request, signal) => {
    const answer = await client.send(request, signal);
    answers += 1;
    await afterAnswer(answers);
    if (crash?.at === 'after-answer' && crash.count === answers) throw new Crashed('after an answer');
    return answer;
  });
}
