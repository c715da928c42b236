import { randomUUID } from 'node:crypto';
import type { Change } from '../change.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { Subscription } from '../subscriptions.ts';
import type { FailedAttempt, PostAnswer, VendorWebhooks } from '../vendor-webhooks.ts';

const contracts = 'http://schemas.microsoft.com/xrm/2011/Contracts';
/** Larger messages lose their parameters, by the vendor's page on webhooks. */
const maxBytes = 262_144;
const retriedStatuses = [502, 503, 504];
const retryAfterMs = 5000;

/** How the key travels: option values of `serviceendpoint.authtype`. */
export const authTypes = { webhookKey: 4, httpHeader: 5, httpQueryString: 6 } as const;

export type MessageName = 'Create' | 'Update' | 'Delete';

const messageNames: Readonly<Record<Change['kind'], MessageName>> = {
  create: 'Create',
  restore: 'Create',
  update: 'Update',
  merge: 'Update',
  delete: 'Delete',
};

export interface DynamicsWebhookOptions {
  readonly organizationId: string;
  readonly organizationName: string;
  /** The user that every change is made by, and its business unit. */
  readonly userId: string;
  readonly businessUnitId: string;
  /** The table of an object: entity sets are plural, tables singular. */
  tableOf(object: string): string;
  /** The column that holds a table's ids. */
  keyOf(table: string): string;
}

/** The vendor's form of an instant; its slashes are escaped on the wire. */
export const renderDate = (atMs: number, zone = ''): string => `/Date(${atMs}${zone})/`;

/** JSON as the vendor's serialiser writes it: every slash inside a text has a backslash. */
export const renderJson = (value: Json): string => JSON.stringify(value).replaceAll('/', '\\/');

const isInstant = (value: Json): value is string =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value);

/** What a column's value becomes: instants are dates of the serialiser, the rest stays. */
const attributeValue = (value: Json): Json => (isInstant(value) ? renderDate(Date.parse(value)) : value);

/** The columns that a message's target holds: all of a new record, what changed of an old one, and always the key. */
function attributesOf(change: Change, key: string): readonly JsonObject[] {
  const { before, after } = change;
  const isChanged = ([name, value]: readonly [string, Json]): boolean =>
    name === key || before === undefined || JSON.stringify(before[name]) !== JSON.stringify(value);
  const columns = Object.entries(after).filter(
    ([name, value]) => !name.includes('@') && !(before === undefined && value === null),
  );
  return columns.filter(isChanged).map(([name, value]) => ({ key: name, value: attributeValue(value) }));
}

function targetOf(change: Change, table: string, key: string): JsonObject {
  if (change.kind === 'delete') {
    const type = `EntityReference:${contracts}`;
    return { __type: type, Id: change.id, KeyAttributes: [], LogicalName: table, Name: null, RowVersion: null };
  }
  return {
    __type: `Entity:${contracts}`,
    Attributes: attributesOf(change, key),
    EntityState: null,
    FormattedValues: [],
    Id: change.id,
    KeyAttributes: [],
    LogicalName: table,
    RelatedEntities: [],
    RowVersion: null,
  };
}

/** The RemoteExecutionContext of a change, after the operation and asynchronously. */
export function renderContext(change: Change, options: DynamicsWebhookOptions): JsonObject {
  const { organizationId, organizationName, userId, businessUnitId, tableOf, keyOf } = options;
  const table = tableOf(change.object);
  return {
    BusinessUnitId: businessUnitId,
    CorrelationId: randomUUID(),
    Depth: 1,
    InitiatingUserId: userId,
    InputParameters: [{ key: 'Target', value: targetOf(change, table, keyOf(table)) }],
    IsExecutingOffline: false,
    IsInTransaction: false,
    IsolationMode: 1,
    MessageName: messageNames[change.kind],
    Mode: 1,
    OperationCreatedOn: renderDate(change.atMs, '+0000'),
    OperationId: randomUUID(),
    OrganizationId: organizationId,
    OrganizationName: organizationName,
    OutputParameters: [],
    OwningExtension: {
      __type: `EntityReference:${contracts}`,
      Id: randomUUID(),
      LogicalName: 'sdkmessageprocessingstep',
    },
    ParentContext: null,
    PostEntityImages: [],
    PreEntityImages: [],
    PrimaryEntityId: change.id,
    PrimaryEntityName: table,
    RequestId: randomUUID(),
    SecondaryEntityName: 'none',
    SharedVariables: [],
    Stage: 40,
    UserId: userId,
  };
}

/** A body of at most the vendor's size, and whether something had to go for it. */
export function fitBody(context: JsonObject): { readonly body: string; readonly isCut: boolean } {
  const whole = renderJson(context);
  if (Buffer.byteLength(whole) <= maxBytes) return { body: whole, isCut: false };
  const emptied = { InputParameters: [], ParentContext: null, PreEntityImages: [], PostEntityImages: [] };
  return { body: renderJson({ ...context, ...emptied }), isCut: true };
}

/** The names and values by which a key travels. */
const pairsOf = (settings: JsonObject): readonly (readonly [string, string])[] =>
  Object.entries(isJsonObject(settings.auth) ? settings.auth : {}).map(([name, value]) => [name, String(value)]);

/** The URL and headers with which a subscription's key travels: there is no signature, only the key. */
function withKey(
  { url, settings }: Subscription,
  isForged: boolean,
): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  const pairs = pairsOf(settings).map(([name, value]) => [name, isForged ? 'not-the-key' : value] as const);
  if (settings.authtype === authTypes.httpHeader) return { url, headers: Object.fromEntries(pairs) };
  const target = new URL(url);
  for (const [name, value] of pairs) target.searchParams.set(name, value);
  return { url: target.href, headers: {} };
}

/**
 * Reads what a service endpoint and its step say, under the names of those tables: `authtype`, `authvalue`, `message`, `table`,
 * `filteringattributes`. Answers the settings to keep, or a sentence.
 */
export function readEndpoint(given: JsonObject): JsonObject | string {
  const {
    authtype = authTypes.webhookKey,
    authvalue = '',
    message = null,
    table = null,
    filteringattributes = null,
  } = given;
  const isKnown = Object.values(authTypes).some((one) => one === authtype);
  if (!isKnown) return '"authtype" must be 4 (webhook key), 5 (header) or 6 (query)';
  const auth = authtype === authTypes.webhookKey ? { code: String(authvalue) } : readPairs(String(authvalue));
  if (auth === undefined) return '"authvalue" must be <settings><setting name="…" value="…"/></settings>';
  if (message !== null && !Object.values(messageNames).some((name) => name === message))
    return '"message" must be Create, Update or Delete';
  return { authtype, auth, message, table, filteringattributes };
}

/** The names and values of `<settings><setting name="x" value="y"/></settings>`; undefined when there are none. */
function readPairs(authvalue: string): JsonObject | undefined {
  const pairs = [...authvalue.matchAll(/<setting\s+name="([\w-]+)"\s+value="([^"<]*)"\s*\/>/g)];
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs.map(([, name, value]) => [name ?? '', value ?? '']));
}

/** Whether a change concerns a step: its message, its table, and for updates one of the columns it filters for. */
function isWanted(change: Change, { message, table, filteringattributes }: JsonObject, own: string): boolean {
  if (message !== null && message !== messageNames[change.kind]) return false;
  if (table !== null && table !== own) return false;
  if (change.kind !== 'update' || typeof filteringattributes !== 'string' || filteringattributes === '') return true;
  const names = filteringattributes.split(',').map((name) => name.trim());
  return names.some((name) => JSON.stringify(change.before?.[name]) !== JSON.stringify(change.after[name]));
}

function retryGapMs({ attempt, answer }: FailedAttempt): number | undefined {
  return attempt === 0 && retriedStatuses.includes(answer.status ?? 0) ? retryAfterMs : undefined;
}

const isSuccess = ({ status }: PostAnswer): boolean => status !== null && status >= 200 && status < 300;

/** Webhooks of an environment: one post for each change, and one more attempt when a gateway answered. */
export function makeWebhooks(options: DynamicsWebhookOptions): VendorWebhooks {
  return {
    maxBatch: 1,
    timeoutMs: 60_000,
    portal: { isSingle: false, check: readEndpoint },
    notify: (change, { settings }) =>
      isWanted(change, settings, options.tableOf(change.object)) ? [renderContext(change, options)] : [],
    post: ({ subscription, notifications: [context = {}] }, { isForged, origin }) => {
      const { body, isCut } = fitBody(context);
      const { url, headers } = withKey(subscription, isForged);
      const own = {
        'content-type': 'application/json; charset=utf-8',
        'x-request-id': String(context.RequestId),
        'x-ms-correlation-request-id': String(context.CorrelationId),
        'x-ms-dynamics-organization': new URL(origin()).host,
        'x-ms-dynamics-entity-name': String(context.PrimaryEntityName),
        'x-ms-dynamics-request-name': String(context.MessageName),
        ...(isCut ? { 'x-ms-dynamics-msg-size-exceeded': 'true' } : {}),
      };
      return { url, headers: { ...headers, ...own }, body };
    },
    isSuccess,
    retryGapMs,
  };
}
