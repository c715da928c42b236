import type { Instance, InstanceFilter, InstanceUpdate, PollState } from '../port.ts';
import {
  type InstanceRow,
  instanceColumns,
  instanceOf,
  instanceRowOf,
  requireBase,
  sealCredentials,
  takesDeliveries,
  withChanges,
} from '../row/instance-row.ts';
import type { Sealer } from '../seal.ts';
import { type Connection, type Session, type Statement, sql } from './connection.ts';
import { credentialTokens } from './credential-leases.ts';
import { pollSets } from './poll-sets.ts';
import { streams } from './streams.ts';
import { subscribers } from './subscribers.ts';
import { troubles } from './troubles.ts';

const insert = sql(`INSERT INTO instances (${instanceColumns})
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`);
const replace = sql(`UPDATE instances SET connector = $2, name = $3, tags = $4, settings = $5, objects = $6,
    credentials = $7, callback_url = $8, callback_format = $9, callback_secrets = $10, callback_disabled_at = $11,
    native_webhooks = $12, updated_at = $13
  WHERE id = $1`);
const select = sql(`SELECT ${instanceColumns} FROM instances WHERE id = $1 AND NOT is_gone AND NOT is_app`);
// One that is gone has its secrets until what it has registered at its vendor is removed.
const isLeaving =
  'is_gone AND NOT is_app AND EXISTS (SELECT FROM subscriptions AS s WHERE s.instance_id = instances.id)';
const selectLeaving = sql(`SELECT ${instanceColumns} FROM instances WHERE id = $1 AND ${isLeaving}`);
// Not FOR UPDATE: that would be in the way of the foreign keys of events that are just being stored.
const selectToChange = sql(`SELECT ${instanceColumns} FROM instances WHERE id = $1 AND NOT is_gone AND NOT is_app
  FOR NO KEY UPDATE`);
const selectToRotate =
  sql(`SELECT ${instanceColumns} FROM instances WHERE id = $1 AND NOT is_app AND (NOT is_gone OR (${isLeaving}))
  FOR NO KEY UPDATE`);
// Tags are compared as JSON, as they were written: json's own text would refuse U+0000.
const selectPage = sql(`SELECT ${instanceColumns} FROM instances
  WHERE id > $1 AND NOT is_gone AND NOT is_app AND ($2::text IS NULL OR connector = $2)
    AND ($3::text IS NULL OR EXISTS (SELECT FROM json_array_elements(tags::json) AS tag WHERE tag::text = $3))
  ORDER BY id LIMIT $4`);
const updateCredentials = sql('UPDATE instances SET credentials = $2, updated_at = $3 WHERE id = $1');
const forget = sql(`UPDATE instances SET is_gone = true, callback_url = NULL, callback_format = NULL,
    callback_secrets = NULL, credentials = CASE WHEN EXISTS (SELECT FROM subscriptions AS s
      WHERE s.instance_id = instances.id) THEN credentials ELSE '' END
  WHERE id = $1 AND NOT is_gone AND NOT is_app`);
// An id that comes back before its last bearer was swept away.
const removeTold = sql('DELETE FROM inbox WHERE instance_id = $1');
const removeGone = sql('DELETE FROM instances WHERE id = $1 AND is_gone');

/** The instances of a store, in steps that are each one transaction. */
export function instances(connection: Connection, sealer: Sealer) {
  return {
    create(instance: Instance, states: readonly PollState[]): Promise<void> {
      return connection.transaction(async (session) => {
        await session.run(removeGone, [instance.id]);
        await session.run(insert, [
          ...changeable(instanceRowOf(instance, sealer)),
          instance.createdAt,
          instance.updatedAt,
        ]);
        await streams.create(session, instance.id, instance.callback !== null, takesDeliveries(instance));
        await pollSets.add(session, instance.id, states);
        await subscribers.wake(session, instance.id, instance.createdAt);
      });
    },
    async get(id: string): Promise<Instance | null> {
      const [row] = await connection.rows<InstanceRow>(select, [id]);
      return row === undefined ? null : instanceOf(row, sealer);
    },
    async getLeaving(id: string): Promise<Instance | null> {
      const [row] = await connection.rows<InstanceRow>(selectLeaving, [id]);
      return row === undefined ? null : instanceOf(row, sealer);
    },
    async list({ connector, tag, after = '', limit }: InstanceFilter): Promise<readonly Instance[]> {
      const tagJson = tag === undefined ? null : JSON.stringify(tag);
      const rows = await connection.rows<InstanceRow>(selectPage, [after, connector ?? null, tagJson, limit]);
      return rows.map((row) => instanceOf(row, sealer));
    },
    update(changed: InstanceUpdate, states: readonly PollState[]): Promise<boolean> {
      return connection.transaction(async (session) => {
        await streams.lock(session, changed.id);
        const kept = await toChange(session, changed.id, selectToChange);
        if (kept === null) return false;
        requireBase(kept, changed);
        const instance: Instance = { ...changed, credentials: withChanges(kept.credentials, changed.credentials) };
        await session.run(replace, [...changeable(instanceRowOf(instance, sealer)), instance.updatedAt]);
        await streams.setCallback(session, instance.id, instance.callback !== null, takesDeliveries(instance));
        await pollSets.become(session, instance.id, states);
        if (!instance.nativeWebhooks) await pollSets.forgetWebhooks(session, instance.id);
        await subscribers.wake(session, instance.id, instance.updatedAt);
        const isNew = JSON.stringify(instance.credentials) !== JSON.stringify(kept.credentials);
        if (isNew) await credentialTokens.forget(session, instance.id);
        if (isNew && (await troubles.doubt(session, instance.id))) {
          await pollSets.hurry(session, instance.id, instance.updatedAt);
        }
        return true;
      });
    },
    saveCredentials(id: string, changes: Readonly<Record<string, string>>, now: number): Promise<void> {
      return connection.transaction(async (session) => {
        const kept = await toChange(session, id, selectToRotate);
        if (kept === null) return;
        const credentials = withChanges(kept.credentials, changes);
        await session.run(updateCredentials, [id, sealCredentials(id, credentials, sealer), now]);
      });
    },
    /** Nothing is polled or sent for it any more; the rest of it is for removal.ts. */
    delete(id: string): Promise<boolean> {
      return connection.transaction(async (session) => {
        await streams.lock(session, id);
        await pollSets.lock(session, id);
        if ((await session.run(forget, [id])) === 0) return false;
        await pollSets.remove(session, id);
        await session.run(removeTold, [id]);
        await credentialTokens.remove(session, id);
        await streams.remove(session, id);
        await subscribers.leave(session, id);
        return true;
      }, 'patient');
    },
  };

  async function toChange(session: Session, id: string, selected: Statement): Promise<Instance | null> {
    const [row] = await session.rows<InstanceRow>(selected, [id]);
    return row === undefined ? null : instanceOf(row, sealer);
  }
}

/** All but the times, in the order of the columns. */
export const changeable = (row: InstanceRow) => [
  row.id,
  row.connector,
  row.name,
  row.tags,
  row.settings,
  row.objects,
  row.credentials,
  row.callback_url,
  row.callback_format,
  row.callback_secrets,
  row.callback_disabled_at,
  row.native_webhooks,
];
