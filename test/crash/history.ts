/** What a breach is about, in words: the record's history from all three ledgers, in the order of time. */
import { type Breach, type Ledgers, recordName, recordOf } from './ledgers.ts';

export function describeBreach(breach: Breach, ledgers: Iterable<Ledgers>): readonly string[] {
  const lines = [`${breach.law}: ${breach.detail}${breach.record === undefined ? '' : ` (${breach.record})`}`];
  const { record } = breach;
  if (record === undefined) return lines;
  return [...lines, ...[...ledgers].flatMap((ledger) => history(record, ledger)).map((line) => `    ${line}`)];
}

function history(record: string, { happened, stored, arrived }: Ledgers): readonly string[] {
  const events = new Map(stored.filter((event) => recordOf(event) === record).map((event) => [event.id, event]));
  const lines = [
    ...happened
      .filter(({ object, id }) => recordName(object, id) === record)
      .map(({ atMs, sequence, action, stampMs }) => ({
        atMs,
        text: `vendor    ${action}, journal ${sequence}, stamp ${new Date(stampMs).toISOString()}`,
      })),
    ...[...events.values()].map(({ id, type, time, sequence, data }) => ({
      atMs: Date.parse(data.detectedAt),
      text: `store     ${type} of ${time}, sequence ${sequence}, ${id}`,
    })),
    ...arrived
      .filter(({ id }) => events.has(id))
      .map(({ atMs, id, status, order }) => ({
        atMs,
        text: `callback  sequence ${events.get(id)?.sequence}, arrival ${order}, answered ${status ?? 'nothing'}`,
      })),
  ];
  return lines.sort((a, b) => a.atMs - b.atMs).map(({ atMs, text }) => `${new Date(atMs).toISOString()}  ${text}`);
}
