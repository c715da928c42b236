import { createHmac, randomUUID } from 'node:crypto';
import type { Change } from '../change.ts';
import type { Json, JsonObject } from '../json.ts';
import type { FailedAttempt, VendorWebhooks } from '../vendor-webhooks.ts';

/** What happened to an entity: what both shapes of the payload are made from. */
export interface Happening {
  readonly id: string;
  readonly realmId: string;
  /** `Customer`, `Invoice`, … */
  readonly entity: string;
  readonly entityId: string;
  readonly operation: Operation;
  /** ISO 8601 with milliseconds, in UTC. */
  readonly time: string;
  /** Of a merge: the entity that went. */
  readonly deletedId?: string;
}

const operationNames = ['created', 'updated', 'deleted', 'merged', 'emailed', 'void'] as const;

export type Operation = (typeof operationNames)[number];

/** base64(HMAC-SHA256(verifier token, raw body)): the header `intuit-signature`. */
export function sign(verifierToken: string, body: string): string {
  return createHmac('sha256', verifierToken).update(body).digest('base64');
}

/** The payload since 2026: an array of CloudEvents, each with its company. */
export function renderCloudEvents(happenings: readonly Happening[]): JsonObject[] {
  return happenings.map(({ id, realmId, entity, entityId, operation, time, deletedId }) => ({
    specversion: '1.0',
    id,
    source: 'intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=',
    type: `qbo.${entity.toLowerCase()}.${operation}.v1`,
    datacontenttype: 'application/json',
    time,
    intuitentityid: entityId,
    intuitaccountid: realmId,
    data: deletedId === undefined ? {} : { deletedid: deletedId },
  }));
}

const legacyOperations: Readonly<Record<Operation, string>> = {
  created: 'Create',
  updated: 'Update',
  deleted: 'Delete',
  merged: 'Merge',
  emailed: 'Emailed',
  void: 'Void',
};

/** The payload before 2026: one entry for each company. */
export function renderEventNotifications(happenings: readonly Happening[]): JsonObject {
  const realms = [...new Set(happenings.map((happening) => happening.realmId))];
  const entitiesOf = (realmId: string): JsonObject[] =>
    happenings
      .filter((happening) => happening.realmId === realmId)
      .map(({ entity, entityId, operation, time, deletedId }) => ({
        name: entity,
        id: entityId,
        operation: legacyOperations[operation],
        lastUpdated: time,
        ...(deletedId === undefined ? {} : { deletedId }),
      }));
  return {
    eventNotifications: realms.map((realmId) => ({ realmId, dataChangeEvent: { entities: entitiesOf(realmId) } })),
  };
}

const operations: Readonly<Record<Change['kind'], Operation>> = {
  create: 'created',
  restore: 'created',
  update: 'updated',
  delete: 'deleted',
  merge: 'merged',
};

const secondMs = 1000;
const hourMs = 3_600_000;
/** The vendor's schedule; after the last one it goes on every six hours. */
const gapsMs = [10, 20, 30, 300, 1200, 7200, 14_400, 21_600].map((seconds) => seconds * secondMs);
const everyMs = 6 * hourMs;
/** The vendor does not say how long it goes on; a sandbox's clock may run for months, so it ends after three days. */
const longestMs = 72 * hourMs;

function retryGapMs({ attempt, ageMs }: FailedAttempt): number | undefined {
  const gapMs = gapsMs[attempt] ?? everyMs;
  return ageMs + gapMs > longestMs ? undefined : gapMs;
}

const shapes: readonly Json[] = ['cloudevents', 'eventNotifications'];

function checkSettings(given: JsonObject, realmId: string): JsonObject | string {
  const { verifierToken = 'sandbox-verifier-token', shape = 'cloudevents', entities = null } = given;
  if (typeof verifierToken !== 'string' || verifierToken === '') return '"verifierToken" must be text';
  if (!shapes.includes(shape)) return `"shape" must be one of ${shapes.join(', ')}`;
  if (entities !== null && !(Array.isArray(entities) && entities.every((name) => typeof name === 'string')))
    return '"entities" must be a list of names';
  return { verifierToken, shape, entities, realmId };
}

/** The vendor's own words for some updates: what was voided or sent, and a name-list record that was made inactive. */
function operationOf({ kind, before, after }: Change): Operation {
  if (kind !== 'update' || before === undefined) return operations[kind];
  const becomes = (name: string, value: Json): boolean => after[name] === value && before[name] !== value;
  if (becomes('PrivateNote', 'Voided')) return 'void';
  if (becomes('EmailStatus', 'EmailSent')) return 'emailed';
  return becomes('Active', false) ? 'deleted' : 'updated';
}

function happeningOf(realmId: string, change: Change): Happening {
  const deletedId = change.mergedIds?.[0];
  return {
    id: randomUUID(),
    realmId,
    entity: change.object,
    entityId: change.id,
    operation: operationOf(change),
    time: new Date(change.atMs).toISOString(),
    ...(deletedId === undefined ? {} : { deletedId }),
  };
}

/** A happening as it waits to be sent. */
const toJson = (happening: Happening): JsonObject => ({ ...happening });

function fromJson(item: JsonObject): Happening {
  const { id, realmId, entity, entityId, operation, time, deletedId } = item;
  const known = operationNames.find((name) => name === operation) ?? 'updated';
  const core = { id: String(id), realmId: String(realmId), entity: String(entity), entityId: String(entityId) };
  return {
    ...core,
    operation: known,
    time: String(time),
    ...(deletedId === undefined ? {} : { deletedId: String(deletedId) }),
  };
}

/** Webhooks of an app, set in the vendor's portal with one URL for all companies that have connected; `realmId` is the sandbox's. */
export function makeWebhooks(realmId: string): VendorWebhooks {
  return {
    maxBatch: 100,
    timeoutMs: 3000,
    portal: { isSingle: true, check: (given) => checkSettings(given, realmId) },
    notify: (change, { settings }) => {
      const { entities = null } = settings;
      const isWanted = !Array.isArray(entities) || entities.includes(change.object);
      return isWanted ? [toJson(happeningOf(realmId, change))] : [];
    },
    post: ({ subscription: { url, settings }, notifications }, { isForged }) => {
      const happenings = notifications.map(fromJson);
      const isOld = settings.shape === 'eventNotifications';
      const body = JSON.stringify(isOld ? renderEventNotifications(happenings) : renderCloudEvents(happenings));
      const signature = sign(isForged ? 'not-the-token' : String(settings.verifierToken), body);
      const type = isOld ? 'application/json' : 'application/cloudevents+json';
      return { url, body, headers: { 'content-type': type, 'intuit-signature': signature } };
    },
    isSuccess: ({ status }) => status === 200,
    retryGapMs,
  };
}
