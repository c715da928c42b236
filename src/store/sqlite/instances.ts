import type Database from 'better-sqlite3';
import type { Callback, Instance, InstanceFilter, InstanceUpdate, PollState } from '../port.ts';
import type { Sealer } from '../seal.ts';
import { deliveryQueue } from './delivery-queue.ts';
import { pollSets } from './poll-sets.ts';
import { parseStored } from './stored-json.ts';

interface InstanceRow {
  id: string;
  connector: string;
  name: string;
  tags: string;
  settings: string;
  objects: string;
  credentials: Buffer;
  callback_url: string | null;
  callback_format: string | null;
  callback_secrets: Buffer | null;
  callback_disabled_at: number | null;
  created_at: number;
  updated_at: number;
}

const columns = `id, connector, name, tags, settings, objects, credentials, callback_url, callback_format,
  callback_secrets, callback_disabled_at, created_at, updated_at`;

/** The instances of a store, in steps that are each one transaction. */
export function instances(db: Database.Database, sealer: Sealer) {
  const insert = db.prepare<[InstanceRow]>(`INSERT INTO instances (${columns}) VALUES (@id, @connector, @name, @tags,
    @settings, @objects, @credentials, @callback_url, @callback_format, @callback_secrets, @callback_disabled_at,
    @created_at, @updated_at)`);
  const replace = db.prepare<[InstanceRow]>(`UPDATE instances SET connector = @connector, name = @name, tags = @tags,
    settings = @settings, objects = @objects, credentials = @credentials, callback_url = @callback_url,
    callback_format = @callback_format, callback_secrets = @callback_secrets,
    callback_disabled_at = @callback_disabled_at, updated_at = @updated_at WHERE id = @id`);
  const select = db.prepare<[string], InstanceRow>(`SELECT ${columns} FROM instances WHERE id = ?`);
  const selectPage = db.prepare<
    [{ connector: string | null; tag: string | null; after: string; limit: number }],
    InstanceRow
  >(`SELECT ${columns} FROM instances
    WHERE id > @after AND (@connector IS NULL OR connector = @connector)
      AND (@tag IS NULL OR EXISTS (SELECT 1 FROM json_each(tags) AS tag WHERE tag.value = @tag))
    ORDER BY id LIMIT @limit`);
  const updateCredentials = db.prepare<[Buffer, number, string]>(
    'UPDATE instances SET credentials = ?, updated_at = ? WHERE id = ?',
  );
  const remove = db.prepare<[string]>('DELETE FROM instances WHERE id = ?');
  const polls = pollSets(db);
  const queue = deliveryQueue(db);

  const create = db.transaction((instance: Instance, states: readonly PollState[]): void => {
    insert.run(rowOf(instance, sealer));
    queue.create(instance.id, takesDeliveries(instance));
    for (const state of states) polls.add(instance.id, state);
  });

  const update = db.transaction((changed: InstanceUpdate, states: readonly PollState[]): boolean => {
    const row = select.get(changed.id);
    if (row === undefined) return false;
    const { credentials } = instanceOf(row, sealer);
    const instance: Instance = { ...changed, credentials: withChanges(credentials, changed.credentials) };
    replace.run(rowOf(instance, sealer));
    queue.setOpen(instance.id, takesDeliveries(instance));
    polls.become(instance.id, states);
    return true;
  });

  const save = db.transaction((id: string, changes: Readonly<Record<string, string>>, now: number): void => {
    const row = select.get(id);
    if (row === undefined) return;
    const credentials = withChanges(instanceOf(row, sealer).credentials, changes);
    updateCredentials.run(sealer.seal(JSON.stringify(credentials), credentialsOf(id)), now, id);
  });

  return {
    create(instance: Instance, states: readonly PollState[]): void {
      create.immediate(instance, states);
    },
    get(id: string): Instance | null {
      const row = select.get(id);
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
    /** Polls, ledger, events, deliveries and attempts go with it, by their foreign keys. */
    delete(id: string): boolean {
      return remove.run(id).changes > 0;
    },
  };
}

function rowOf(instance: Instance, sealer: Sealer): InstanceRow {
  const { id, callback } = instance;
  return {
    id,
    connector: instance.connector,
    name: instance.name,
    tags: JSON.stringify(instance.tags),
    settings: JSON.stringify(instance.settings),
    objects: JSON.stringify(instance.objects),
    credentials: sealer.seal(JSON.stringify(instance.credentials), credentialsOf(id)),
    callback_url: callback?.url ?? null,
    callback_format: callback?.format ?? null,
    callback_secrets: callback === null ? null : sealer.seal(secretsText(callback), callbackSecretsOf(id)),
    callback_disabled_at: instance.callbackDisabledAt,
    created_at: instance.createdAt,
    updated_at: instance.updatedAt,
  };
}

function instanceOf(row: InstanceRow, sealer: Sealer): Instance {
  const of = `of instance “${row.id}”`;
  return {
    id: row.id,
    connector: row.connector,
    name: row.name,
    tags: parseStored(row.tags, `tags ${of}`) as Instance['tags'],
    settings: parseStored(row.settings, `settings ${of}`) as Instance['settings'],
    credentials: parseStored(
      sealer.open(row.credentials, credentialsOf(row.id)),
      `credentials ${of}`,
    ) as Instance['credentials'],
    callback: callbackOf(row, sealer),
    callbackDisabledAt: row.callback_disabled_at,
    objects: parseStored(row.objects, `objects ${of}`) as Instance['objects'],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

function callbackOf(row: InstanceRow, sealer: Sealer): Callback | null {
  const { id, callback_url: url, callback_format: format, callback_secrets: sealed } = row;
  if (url === null || format === null || sealed === null) return null;
  const text = sealer.open(sealed, callbackSecretsOf(id));
  const secrets = parseStored(text, `callback secrets of instance “${id}”`) as Pick<Callback, 'secret' | 'retiring'>;
  return { url, format: format as Callback['format'], ...secrets };
}

/** By key; null takes a key away. */
function withChanges(
  credentials: Instance['credentials'],
  changes: InstanceUpdate['credentials'],
): Instance['credentials'] {
  const all: Record<string, string | null> = { ...credentials, ...changes };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
}

const secretsText = ({ secret, retiring }: Callback) => JSON.stringify({ secret, retiring });

const takesDeliveries = (instance: Instance) => instance.callback !== null && instance.callbackDisabledAt === null;

const credentialsOf = (id: string) => ({ table: 'instances', id, field: 'credentials' });
const callbackSecretsOf = (id: string) => ({ table: 'instances', id, field: 'callback_secrets' });
