/** Says that the webhooks of an instance are to be looked at, in the transaction of what changes it. */
import type { OnConflictBuilder } from 'kysely';
import { anyOf } from './arrays.ts';
import type { Session } from './connection.ts';
import type { Tables } from './tables.ts';

const live = (session: Session) => session.selectFrom('instances').where('is_gone', 'is', false);

export const subscribers = {
  /** Now, and what failed before is tried again; once more after whoever looks at them just now. */
  async wake(session: Session, instanceId: string, now: number): Promise<void> {
    await setWoken(session, instanceId, now);
    await failed(session, now).where('instance_id', '=', instanceId).execute();
  },
  /** Now; what failed before keeps its time. */
  async look(session: Session, id: string, now: number): Promise<void> {
    await setAllWoken(session, live(session).where('id', '=', id), now);
  },
  /** It was woken while it was looked at. An app is so by any of its instances, which mends nothing that failed. */
  async again(session: Session, id: string, now: number): Promise<void> {
    await setWoken(session, id, now);
    const instance = session.selectFrom('instances').select('id').where('id', '=', id).where('is_app', 'is', false);
    await failed(session, now).where('instance_id', 'in', instance).execute();
  },
  async wakeAll(session: Session, connectors: readonly string[], now: number): Promise<void> {
    const all = live(session).where('is_app', 'is', false).where('connector', '=', anyOf(connectors));
    await setAllWoken(session, all.orderBy('id'), now);
    await failed(session, now).where('instance_id', 'in', all.select('id')).execute();
  },
  /** The instance is gone; what it has registered at its vendor is to be removed there. */
  async leave(session: Session, instanceId: string): Promise<void> {
    const any = await session
      .selectFrom('subscriptions')
      .select('topic')
      .where('instance_id', '=', instanceId)
      .limit(1)
      .executeTakeFirst();
    if (any === undefined) await session.deleteFrom('subscribers').where('instance_id', '=', instanceId).execute();
    else await subscribers.wake(session, instanceId, 0);
  },
};

async function setWoken(session: Session, instanceId: string, now: number): Promise<void> {
  await session
    .insertInto('subscribers')
    .values({ instance_id: instanceId, is_woken: true, free_at: now })
    .onConflict(wakeKnown)
    .execute();
}

async function setAllWoken(session: Session, instances: ReturnType<typeof live>, now: number): Promise<void> {
  await session
    .insertInto('subscribers')
    .columns(['instance_id', 'is_woken', 'free_at'])
    .expression(instances.select(({ lit, val }) => ['id', lit(true).as('is_woken'), val(now).as('free_at')]))
    .onConflict(wakeKnown)
    .execute();
}

/** One that somebody looks at just now is free when that one is done. */
const wakeKnown = (known: OnConflictBuilder<Tables, 'subscribers'>) =>
  known.column('instance_id').doUpdateSet(({ eb, fn }) => ({
    is_woken: true,
    free_at: eb
      .case()
      .when('subscribers.owner', 'is', null)
      .then(fn<number>('least', ['subscribers.free_at', 'excluded.free_at']))
      .else(eb.ref('subscribers.free_at'))
      .end(),
  }));

/** What failed is due now. */
const failed = (session: Session, now: number) =>
  session.updateTable('subscriptions').set({ due_at: now }).where('failures', '>', 0);
