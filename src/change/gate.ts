/** A cheap question before the poll: has anything changed at all? */
import { renderRequest } from '../connector/render-request.ts';
import type { VendorAnswer } from '../http/client.ts';
import type { FeedCursor } from '../store/port.ts';
import { readPath } from '../template/path.ts';
import type { FeedSource, PollPorts } from './feed.ts';
import type { Batch, Strategy } from './strategy/strategy.ts';

/** The strategy behind the gate of its detection, where that has one. */
export function gated(strategy: Strategy): Strategy {
  return async function* (source, ports, report) {
    if (source.detection.gate === null) {
      yield* strategy(source, ports, report);
      return;
    }
    const before = ports.state.cursor;
    const now = await askGate(source, ports, before === null ? undefined : before['gate']);
    if (now === 'unchanged') return;
    let last: Batch | null = null;
    for await (const batch of strategy(source, ports, report)) {
      if (batch.cursor !== undefined) last = batch;
      yield batch.cursor === undefined ? batch : { ...batch, cursor: withGate(batch.cursor, null) };
    }
    // Only when all is read: a walk that breaks off must not find the gate shut.
    if (last?.cursor !== undefined && last.isOpen !== true)
      yield { readings: [], knownSince: last.knownSince, cursor: withGate(last.cursor, now) };
  };
}

/** What the gate showed before the walk is kept with the cursor: what changed during it is asked for again. */
function withGate({ gate: _before, ...cursor }: FeedCursor, gate: string | null): FeedCursor {
  return gate === null ? cursor : { ...cursor, gate };
}

/** The value that stands for the vendor's state; null when the vendor gives none. */
async function askGate(
  { detection, settings }: FeedSource,
  { client, signal }: PollPorts,
  known: unknown,
): Promise<string | null | 'unchanged'> {
  const { gate } = detection;
  if (gate === null) return null;
  if (gate.kind === 'probe') {
    const answer = await client.send(renderRequest(gate.request, { settings }), signal);
    const value = JSON.stringify(readPath(answer.body, gate.read) ?? null);
    return value !== 'null' && value === known ? 'unchanged' : value;
  }
  const request = renderRequest(detection.request, { settings });
  const condition: Record<string, string> = typeof known === 'string' ? { 'if-none-match': known } : {};
  const answer: VendorAnswer = await client.send({ ...request, headers: { ...request.headers, ...condition } }, signal);
  return answer.status === 304 ? 'unchanged' : (answer.headers['etag'] ?? null);
}
