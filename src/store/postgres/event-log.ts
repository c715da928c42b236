import type { StreamEvent, UnsequencedEvent, UnsequencedNotice } from '../../event/event.ts';
import { eventOf, sequenced } from '../row/event-row.ts';
import type { Connection, Session } from './connection.ts';
import { prepared, type Slots } from './prepared.ts';

export interface AppendedEvent {
  /** The row that deliveries refer to. */
  readonly number: number;
  readonly event: StreamEvent;
}

interface Append {
  readonly instanceId: string;
  readonly lastSequence: number;
  readonly found: readonly { id: string; envelope: string }[];
  readonly now: number;
}

const append = prepared((session, { value, table }: Slots<Append>) =>
  session
    // Whether an event is known is asked before it is numbered: a conflict would leave a gap. Asked as a value, event by
    // event, for which the planner has no other way than the index.
    .with('fresh', (db) =>
      db
        .selectFrom(table('found', { id: 'text', envelope: 'text' }))
        .select(['id', 'envelope', 'place'])
        .where((eb) => eb(eb.selectFrom('events').select('number').whereRef('events.id', '=', 'found.id'), 'is', null)),
    )
    .insertInto('events')
    .columns(['id', 'instance_id', 'sequence', 'envelope', 'stored_at'])
    .expression((db) =>
      db
        .selectFrom('fresh')
        .select(({ cast, eb, fn }) => {
          const rank = fn.agg<number>('row_number').over((rows) => rows.orderBy('place'));
          return [
            'id',
            value('instanceId').as('instance_id'),
            eb(cast<number>(value('lastSequence'), 'bigint'), '+', rank).as('sequence'),
            'envelope',
            value('now').as('stored_at'),
          ];
        })
        .orderBy('place'),
    )
    .returning(['number', 'id', 'sequence']),
);

/**
 * Stores the events that are new behind the last one. The caller's transaction holds the lock of the stream.
 * @returns Those that were new, in order.
 */
export async function appendEvents(
  session: Session,
  instanceId: string,
  lastSequence: number,
  events: readonly (UnsequencedEvent | UnsequencedNotice)[],
  now: number,
): Promise<readonly AppendedEvent[]> {
  const ids = new Set<string>();
  const fresh = events.filter(({ id }) => !ids.has(id) && ids.add(id));
  const found = fresh.map((event) => ({ id: event.id, envelope: JSON.stringify(event) }));
  const { rows } = await append(session, { instanceId, lastSequence, found, now });
  const stored = new Map(rows.map((row) => [row.id, row]));
  return fresh.flatMap((event) => {
    const row = stored.get(event.id);
    return row === undefined ? [] : [{ number: row.number, event: sequenced(event, row.sequence) }];
  });
}

/** The stream of each instance's events. */
export function eventLog({ db }: Connection) {
  // An instance that is gone has no stream.
  const select = () =>
    db
      .selectFrom('events as e')
      .select(['e.id', 'e.sequence', 'e.envelope'])
      .where(({ exists, selectFrom }) =>
        exists(selectFrom('streams as s').whereRef('s.instance_id', '=', 'e.instance_id')),
      );

  return {
    async get(id: string): Promise<StreamEvent | null> {
      const row = await select().where('e.id', '=', id).executeTakeFirst();
      return row === undefined ? null : eventOf(row);
    },
    async list(filter: { instanceId: string; after: number; limit: number }): Promise<readonly StreamEvent[]> {
      const rows = await select()
        .where('e.instance_id', '=', filter.instanceId)
        .where('e.sequence', '>', filter.after)
        .orderBy('e.sequence')
        .limit(filter.limit)
        .execute();
      return rows.map(eventOf);
    },
  };
}
