import type Database from 'better-sqlite3';
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
import { credentialLeases } from './credential-leases.ts';
import { deliveryQueue } from './delivery-queue.ts';
import { pollSets } from './poll-sets.ts';
import { subscribers } from './subscribers.ts';
import { troubles } from './troubles.ts';

/** The instances of a store, in steps that are each one transaction. */
export function instances(db: Database.Database, sealer: Sealer) {
  const insert = db.prepare<
    [InstanceRow]
  >(`INSERT INTO instances (${instanceColumns}) VALUES (@id, @connector, @name, @tags,
    @settings, @objects, @credentials, @callback_url, @callback_format, @callback_secrets, @callback_disabled_at,
    @native_webhooks, @created_at, @updated_at)`);
  const replace = db.prepare<[InstanceRow]>(`UPDATE instances SET connector = @connector, name = @name, tags = @tags,
    settings = @settings, objects = @objects, credentials = @credentials, callback_url = @callback_url,
    callback_format = @callback_format, callback_secrets = @callback_secrets,
    callback_disabled_at = @callback_disabled_at, native_webhooks = @native_webhooks, updated_at = @updated_at
    WHERE id = @id`);
  const select = db.prepare<[string], InstanceRow>(
    `SELECT ${instanceColumns} FROM instances WHERE id = ? AND is_gone = 0 AND is_app = 0`,
  );
  // One that is gone has its secrets until what it has registered at its vendor is removed.
  const selectLeaving = db.prepare<[string], InstanceRow>(`SELECT ${instanceColumns} FROM instances WHERE id = ?
    AND is_gone = 1 AND is_app = 0 AND EXISTS (SELECT 1 FROM subscriptions WHERE instance_id = instances.id)`);
  const selectPage = db.prepare<
    [{ connector: string | null; tag: string | null; after: string; limit: number }],
    InstanceRow
  >(`SELECT ${instanceColumns} FROM instances
    WHERE id > @after AND is_gone = 0 AND is_app = 0 AND (@connector IS NULL OR connector = @connector)
      AND (@tag IS NULL OR EXISTS (SELECT 1 FROM json_each(tags) AS tag WHERE tag.value = @tag))
    ORDER BY id LIMIT @limit`);
  const updateCredentials = db.prepare<[Buffer, number, string]>(
    'UPDATE instances SET credentials = ?, updated_at = ? WHERE id = ?',
  );
  const forget = db.prepare<[string]>(`UPDATE instances SET is_gone = 1, callback_url = NULL,
    callback_format = NULL, callback_secrets = NULL, credentials = CASE WHEN EXISTS (SELECT 1 FROM subscriptions
      WHERE instance_id = instances.id) THEN credentials ELSE x'' END
    WHERE id = ? AND is_gone = 0 AND is_app = 0`);
  // An id that comes back before its last bearer was swept away.
  const removeGone = db.prepare<[string]>('DELETE FROM instances WHERE id = ? AND is_gone = 1');
  const removePolls = db.prepare<[string]>('DELETE FROM polls WHERE instance_id = ?');
  const removeTold = db.prepare<[string]>('DELETE FROM inbox WHERE instance_id = ?');
  const polls = pollSets(db);
  const queue = deliveryQueue(db);
  const trouble = troubles(db);
  const subscriber = subscribers(db);
  const tokens = credentialLeases(db, sealer);

  const create = db.transaction((instance: Instance, states: readonly PollState[]): void => {
    removeGone.run(instance.id);
    insert.run(instanceRowOf(instance, sealer));
    queue.create(instance.id, takesDeliveries(instance));
    for (const state of states) polls.add(instance.id, state);
    subscriber.wake(instance.id, instance.createdAt);
  });

  const update = db.transaction((changed: InstanceUpdate, states: readonly PollState[]): boolean => {
    const row = select.get(changed.id);
    if (row === undefined) return false;
    const kept = instanceOf(row, sealer);
    requireBase(kept, changed);
    const { credentials } = kept;
    const instance: Instance = { ...changed, credentials: withChanges(credentials, changed.credentials) };
    replace.run(instanceRowOf(instance, sealer));
    queue.setOpen(instance.id, takesDeliveries(instance));
    polls.become(instance.id, states);
    if (!instance.nativeWebhooks) polls.forgetWebhooks(instance.id);
    subscriber.wake(instance.id, instance.updatedAt);
    const isNew = JSON.stringify(instance.credentials) !== JSON.stringify(credentials);
    if (isNew) tokens.forgetToken(instance.id);
    if (isNew && trouble.doubt(instance.id)) polls.hurry(instance.id, instance.updatedAt);
    return true;
  });

  const remove = db.transaction((id: string): boolean => {
    if (forget.run(id).changes === 0) return false;
    removePolls.run(id);
    removeTold.run(id);
    tokens.remove(id);
    queue.remove(id);
    subscriber.leave(id);
    return true;
  });

  const save = db.transaction((id: string, changes: Readonly<Record<string, string>>, now: number): void => {
    const row = select.get(id) ?? selectLeaving.get(id);
    if (row === undefined) return;
    const credentials = withChanges(instanceOf(row, sealer).credentials, changes);
    updateCredentials.run(sealCredentials(id, credentials, sealer), now, id);
  });

  return {
    create(instance: Instance, states: readonly PollState[]): void {
      create.immediate(instance, states);
    },
    get(id: string): Instance | null {
      const row = select.get(id);
      return row === undefined ? null : instanceOf(row, sealer);
    },
    getLeaving(id: string): Instance | null {
      const row = selectLeaving.get(id);
      return row === undefined ? null : instanceOf(row, sealer);
    },
    list(filter: InstanceFilter): readonly Instance[] {
      const { connector = null, tag = null, after = '', limit } = filter;
      return selectPage.all({ connector, tag, after, limit }).map((row) => instanceOf(row, sealer));
    },
    update(changed: InstanceUpdate, states: readonly PollState[]): boolean {
      return update.immediate(changed, states);
    },
    saveCredentials(id: string, changes: Readonly<Record<string, string>>, now: number): void {
      save.immediate(id, changes, now);
    },
    /** Nothing is polled or sent for it any more; the rest of it is for removal.ts. */
    delete(id: string): boolean {
      return remove.immediate(id);
    },
  };
}
