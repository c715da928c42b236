/** What must hold between the store and the callback. Pure. */
import { isDeepStrictEqual } from 'node:util';
import type { AnyhookEvent } from '../../src/event/event.ts';
import { type Arrival, type Breach, groupBy, type Ledgers, recordOf } from './ledgers.ts';

/** Every law of deliveries, for a run that has come to rest. */
export function checkDeliveries({ stored, arrived }: Ledgers): readonly Breach[] {
  const byId = new Map(stored.map((event) => [event.id, event]));
  return [
    ...arrived.flatMap((arrival) => checkArrival(arrival, byId.get(arrival.id))),
    ...undelivered(stored, arrived).map((event) => ({
      law: 'every event is delivered',
      detail: `sequence ${event.sequence}, ${event.id}`,
      record: recordOf(event),
    })),
    ...checkOrder(arrived, byId),
  ];
}

/** Events that no callback has answered well. */
export function undelivered(stored: readonly AnyhookEvent[], arrived: readonly Arrival[]): readonly AnyhookEvent[] {
  const done = new Set(arrived.filter(isTaken).map(({ id }) => id));
  return stored.filter(({ id }) => !done.has(id));
}

function checkArrival(arrival: Arrival, event: AnyhookEvent | undefined): readonly Breach[] {
  if (!arrival.genuine) return [{ law: 'every delivery is signed', detail: arrival.id }];
  if (event === undefined) return [{ law: 'nothing is delivered that is not stored', detail: arrival.id }];
  if (isDeepStrictEqual(JSON.parse(arrival.body), event)) return [];
  return [{ law: 'what is delivered is what is stored', detail: arrival.id, record: recordOf(event) }];
}

/**
 * A record's events arrive in sequence: an event comes only after all before it were taken, and once a later one
 * has come, no earlier one comes again.
 */
function checkOrder(arrived: readonly Arrival[], byId: ReadonlyMap<string, AnyhookEvent>): readonly Breach[] {
  const known = arrived.flatMap((arrival) => {
    const event = byId.get(arrival.id);
    return event === undefined ? [] : [{ arrival, event, record: recordOf(event), sequence: Number(event.sequence) }];
  });
  const lanes = groupBy([...byId.values()], recordOf);
  return [...groupBy(known, ({ record }) => record)].flatMap(([record, attempts]) => {
    const sequences = (lanes.get(record) ?? []).map(({ sequence }) => Number(sequence)).sort((a, b) => a - b);
    const breaches: Breach[] = [];
    let highest = 0;
    for (const { arrival, sequence } of attempts) {
      const detail = `sequence ${sequence} as arrival ${arrival.order}`;
      if (sequence < highest)
        breaches.push({ law: 'no delivery goes back', detail: `${detail} after ${highest}`, record });
      highest = Math.max(highest, sequence);
      const before = sequences.filter((one) => one < sequence).at(-1);
      const wasTaken = attempts.some(
        (one) => one.sequence === before && isTaken(one.arrival) && one.arrival.answeredBefore <= arrival.order,
      );
      if (before !== undefined && !wasTaken)
        breaches.push({ law: 'order per record', detail: `${detail} before ${before} was taken`, record });
    }
    return breaches;
  });
}

function isTaken({ genuine, status }: Arrival): boolean {
  return genuine && status !== null && status >= 200 && status < 300;
}
