/** A feed that fans out: its records belong to parents, each asked on its own, each with a cursor of its own. */
import { renderRequest } from '../connector/render-request.ts';
import { pages } from '../http/page/pages.ts';
import type { FeedCursor } from '../store/port.ts';
import { type FeedSource, type PollPorts, vendorNow, vendorStart } from './feed.ts';
import { reachOf } from './ledger-reach.ts';
import { readId } from './reading.ts';
import type { Batch, Strategy } from './strategy/strategy.ts';

/** The strategy, run for each parent where its detection has them. */
export function fannedOut(strategy: Strategy): Strategy {
  return async function* (source, ports, report) {
    // An enumeration of all parents is one: a part of it proves nothing.
    if (source.detection.parents === null || source.detection.strategy === 'snapshot') {
      yield* strategy(source, ports, report);
      return;
    }
    yield* eachParent(strategy, source, ports, report);
  };
}

async function* eachParent(...[strategy, source, ports, report]: [Strategy, ...Parameters<Strategy>]) {
  // The ledger is shared: nothing is forgotten that the slowest parent may still read again.
  let forgetBeforeMs = Number.POSITIVE_INFINITY;
  let reachMs = Number.POSITIVE_INFINITY;
  const startMs = vendorStart(source, ports);
  // A parent that is new, or was away, is not new to the ledger: its records may have been another's.
  const { sinceMs } = reachOf(ports.state.cursor, startMs);
  for await (const ids of parentPages(source, ports)) {
    const checkpoints = new Map(await ports.state.checkpoints(ids));
    for (const parent of ids) {
      for await (const batch of strategy({ ...source, parent }, portsOf(parent, checkpoints, startMs, ports), report)) {
        forgetBeforeMs = Math.min(forgetBeforeMs, batch.forgetBeforeMs ?? forgetBeforeMs);
        reachMs = Math.min(reachMs, batch.knownSince);
        if (batch.cursor !== undefined) checkpoints.set(parent, batch.cursor);
        yield { ...asCheckpoint(batch, parent), parent, knownSince: Math.max(batch.knownSince, sinceMs) };
      }
    }
  }
  const forget = Number.isFinite(forgetBeforeMs) ? { forgetBeforeMs } : {};
  const reach = { sinceMs: Number.isFinite(reachMs) ? Math.max(sinceMs, reachMs) : sinceMs };
  yield { readings: [], knownSince: startMs, cursor: { ms: vendorNow(ports), reach }, startMs, ...forget };
}

/** The ids of all parents, page by page. */
export async function* parentPages(
  { detection, settings, object }: FeedSource,
  ports: PollPorts,
): AsyncGenerator<readonly string[]> {
  const { parents } = detection;
  if (parents === null) return;
  const request = renderRequest(parents.request, { settings });
  const paging = { page: parents.page, recordsPath: parents.records };
  for await (const page of pages(ports.client, request, paging, ports.signal)) {
    yield page.records.map((row) => readId(row, parents.id, `the parents of ${object.name}`));
  }
}

/** What a strategy takes for the feed's cursor is its parent's. */
function portsOf(
  parent: string,
  checkpoints: ReadonlyMap<string, FeedCursor>,
  startMs: number,
  ports: PollPorts,
): PollPorts {
  const { state } = ports;
  return {
    ...ports,
    state: {
      ...state,
      get cursor() {
        return checkpoints.get(parent) ?? null;
      },
      startMs,
      vendorStartMs: startMs,
    },
  };
}

function asCheckpoint({ cursor, startMs: _start, forgetBeforeMs: _forget, ...batch }: Batch, parent: string): Batch {
  return cursor === undefined ? batch : { ...batch, checkpoint: { parent, cursor } };
}
