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

export interface Watched {
  readonly settings: Settings;
  /** Since when the instance is watched, epoch milliseconds. */
  readonly startMs: number;
  /** Ids of records that it was told of by then, of every object. */
  readonly known: readonly string[];
}

export function openToldLine(connector: Connector, { settings, startMs, known }: Watched): ToldLine {
  const states = new Map<string, ChangeState>();
  const ledger = known.map((recordId) => ({ recordId, version: 'known', changedAt: startMs, deleted: false }));
  const stateOf = async (object: string): Promise<ChangeState> => {
    const kept = states.get(object);
    if (kept !== undefined) return kept;
    const state = createMemoryStates(startMs).state();
    states.set(object, state);
    await state.commit({ events: [], ledger });
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
        const ports = { client, state: await stateOf(name), now: () => nowMs };
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
