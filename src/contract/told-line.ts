/** What a webhook told, on its way to events: through the ingestion of the runtime, with a ledger that remembers. */
import type { ChangeState, FeedSource } from '../change/feed.ts';
import { ingest } from '../change/ingest.ts';
import { createMemoryStates } from '../change/memory-state.ts';
import { emptyReport } from '../change/poll-report.ts';
import { objectNamed } from '../connector/any-object.ts';
import type { Connector } from '../connector/connector.ts';
import type { Settings } from '../connector/instance.ts';
import type { AnyhookEvent } from '../event/event.ts';
import type { VendorClient } from '../http/client.ts';
import type { InboundChange } from '../inbound/split.ts';
import type { InboxChange } from '../store/port.ts';

/** A change of one object of an instance. */
export interface ToldChange extends InboundChange {
  /** The connector's name of it, or the instance's. */
  readonly object: string;
}

export interface ToldLine {
  /**
   * The events that were new, object by object.
   * @throws Failure of the vendor, or of a record.
   */
  take(changes: readonly ToldChange[], client: VendorClient, nowMs: number): Promise<readonly AnyhookEvent[]>;
}

const instance = { id: 'test', name: 'test', tags: [] };

/** @param startMs since when the instance is watched, epoch milliseconds. */
export function openToldLine(connector: Connector, settings: Settings, startMs: number): ToldLine {
  const states = new Map<string, ChangeState>();
  const stateOf = (object: string): ChangeState => {
    const state = states.get(object) ?? createMemoryStates(startMs).state();
    states.set(object, state);
    return state;
  };
  return {
    async take(changes, client, nowMs) {
      const events: AnyhookEvent[] = [];
      for (const name of new Set(changes.map(({ object }) => object))) {
        const object = objectNamed(connector, name);
        if (object === null) throw new Error(`${connector.key} tells of an object ${name} that it does not have`);
        const source: FeedSource = {
          connector,
          object,
          feed: 'changes',
          detection: object.changes,
          instance,
          settings,
        };
        const own = changes.filter((change) => change.object === name);
        const ports = { client, state: stateOf(name), now: () => nowMs };
        const told = own.map((change, index) => inboxChange(change, index, nowMs));
        events.push(...(await ingest(told, source, ports, emptyReport('changes', null))).events);
      }
      return events;
    },
  };
}

function inboxChange(change: ToldChange, number: number, receivedAt: number): InboxChange {
  const { object, objectId: recordId, occurredAtMs: occurredAt, dedupe, record } = change;
  const { id: instanceId } = instance;
  return {
    instanceId,
    object,
    recordId,
    change: change.change,
    occurredAt,
    record,
    dedupe,
    receivedAt,
    number,
    attempts: 0,
  };
}
