/** The row of an instance: settings as JSON, secrets sealed. */
import { Failure } from '../../diagnostic/failure.ts';
import type { Callback, Instance, InstanceUpdate, ObjectSettings } from '../port.ts';
import type { Sealer } from '../seal.ts';
import { parseStored } from './stored-json.ts';

export interface InstanceRow {
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
  /** 0 or 1; PostgreSQL answers false or true. */
  native_webhooks: number | boolean;
  created_at: number;
  updated_at: number;
}

/** A template writes them with commas between. */
export const instanceColumns = [
  'id',
  'connector',
  'name',
  'tags',
  'settings',
  'objects',
  'credentials',
  'callback_url',
  'callback_format',
  'callback_secrets',
  'callback_disabled_at',
  'native_webhooks',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof InstanceRow)[];

export function instanceRowOf(instance: Instance, sealer: Sealer): InstanceRow {
  const { id, callback } = instance;
  return {
    id,
    connector: instance.connector,
    name: instance.name,
    tags: JSON.stringify(instance.tags),
    settings: JSON.stringify(instance.settings),
    objects: JSON.stringify(instance.objects),
    credentials: sealCredentials(id, instance.credentials, sealer),
    callback_url: callback?.url ?? null,
    callback_format: callback?.format ?? null,
    callback_secrets: callback === null ? null : sealer.seal(secretsText(callback), callbackSecretsOf(id)),
    callback_disabled_at: instance.callbackDisabledAt,
    native_webhooks: instance.nativeWebhooks ? 1 : 0,
    created_at: instance.createdAt,
    updated_at: instance.updatedAt,
  };
}

/** @throws Failure `instance-moved`. */
export function requireBase(kept: Instance, { basedOn }: InstanceUpdate): void {
  if (basedOn === undefined || basedOn === kept.updatedAt) return;
  throw new Failure('instance-moved', 'The instance was changed by somebody else meanwhile.', { retryable: true });
}

export function instanceOf(row: InstanceRow, sealer: Sealer): Instance {
  const of = `of instance “${row.id}”`;
  return {
    id: row.id,
    connector: row.connector,
    name: row.name,
    tags: parseStored(row.tags, `tags ${of}`) as Instance['tags'],
    settings: parseStored(row.settings, `settings ${of}`) as Instance['settings'],
    credentials: openCredentials(row.id, row.credentials, sealer),
    callback: callbackOf(row, sealer),
    callbackDisabledAt: row.callback_disabled_at,
    objects: objectsOf(parseStored(row.objects, `objects ${of}`)),
    nativeWebhooks: Boolean(row.native_webhooks),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** What an object did not say when it was stored, it says by default. */
export const objectDefaults: ObjectSettings = {
  enabled: true,
  where: null,
  intervalSeconds: null,
  scope: 'match',
  keepRecords: false,
  allowDeletes: null,
  start: 'now',
  fields: null,
};

function objectsOf(stored: object): Instance['objects'] {
  return Object.fromEntries(
    Object.entries(stored).map(([name, settings]) => [name, { ...objectDefaults, ...settings }]),
  );
}

function callbackOf(row: InstanceRow, sealer: Sealer): Callback | null {
  const { id, callback_url: url, callback_format: format, callback_secrets: sealed } = row;
  if (url === null || format === null || sealed === null) return null;
  const text = sealer.open(sealed, callbackSecretsOf(id));
  const secrets = parseStored(text, `callback secrets of instance “${id}”`) as Pick<Callback, 'secret' | 'retiring'>;
  return { url, format: format as Callback['format'], ...secrets };
}

export function openCredentials(id: string, sealed: Uint8Array, sealer: Sealer): Instance['credentials'] {
  const text = sealer.open(sealed, credentialsOf(id));
  return parseStored(text, `credentials of instance “${id}”`) as Instance['credentials'];
}

export function sealCredentials(id: string, credentials: Instance['credentials'], sealer: Sealer): Buffer {
  return sealer.seal(JSON.stringify(credentials), credentialsOf(id));
}

/** By key; null takes a key away. */
export function withChanges(
  credentials: Instance['credentials'],
  changes: InstanceUpdate['credentials'],
): Instance['credentials'] {
  const all: Record<string, string | null> = { ...credentials, ...changes };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null));
}

const secretsText = ({ secret, retiring }: Callback) => JSON.stringify({ secret, retiring });

/** Whether what waits for the instance may go out. */
export const takesDeliveries = (instance: Instance) =>
  instance.callback !== null && instance.callbackDisabledAt === null;

const credentialsOf = (id: string) => ({ table: 'instances', id, field: 'credentials' });
const callbackSecretsOf = (id: string) => ({ table: 'instances', id, field: 'callback_secrets' });
