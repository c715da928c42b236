import type { Json, JsonObject } from '../json.ts';
import type { FailedAttempt, PostContext, VendorWebhooks } from '../vendor-webhooks.ts';
import { parseDateTime } from './dates.ts';
import { makeId, withChecksum } from './ids.ts';
import { isAcknowledged, renderEnvelope } from './outbound-envelope.ts';
import { type Field, findField, findSchema } from './schema.ts';

/** The org, as the token endpoint's `id` tells it: the only thing by which a listener knows a message, for none is signed. */
export const organizationId = withChecksum('00D5g000004XyZq');
const otherOrganizationId = withChecksum('00D5g00000Forged');

const minuteMs = 60_000;
const longestGapMs = 120 * minuteMs;
const dayMs = 86_400_000;
const listenerTimeoutMs = 60_000;

/** `{object, fields}` as an administrator picks them; without fields it is all of them. */
function checkSettings(given: JsonObject): JsonObject | string {
  const schema = findSchema(String(given.object));
  if (schema === undefined) return `"object" must be one of the org's objects`;
  const { fields = null } = given;
  if (fields === null) return { object: schema.name, fields: null };
  if (!Array.isArray(fields)) return '"fields" must be a list of names';
  const unknown = fields.find((name: Json) => findField(schema, String(name)) === undefined);
  if (unknown !== undefined) return `${schema.name} has no field ${String(unknown)}`;
  return { object: schema.name, fields: fields.map((name: Json) => findField(schema, String(name))?.name ?? '') };
}

/** The values that a message carries: the record as it is when the message leaves, not as it was when it changed. */
function valuesOf(object: string, chosen: Json, record: JsonObject): readonly (readonly [string, Json])[] {
  const isChosen = ({ name }: Field): boolean => !Array.isArray(chosen) || chosen.includes(name);
  const fields = findSchema(object)?.fields.filter(
    (field) => field.type !== 'address' && (field.name === 'Id' || isChosen(field)),
  );
  return (fields ?? []).map((field) => [field.name, inXml(field, record[field.name] ?? null)]);
}

/** XML Schema writes instants with a Z where the REST API has an offset. */
function inXml(field: Field, value: Json): Json {
  if (field.type !== 'datetime' || typeof value !== 'string') return value;
  const atMs = parseDateTime(value);
  return atMs === undefined ? value : new Date(atMs).toISOString();
}

function retryGapMs({ attempt, ageMs }: FailedAttempt): number | undefined {
  const gapMs = Math.min(minuteMs * 2 ** Math.min(attempt, 10), longestGapMs);
  return ageMs + gapMs > dayMs ? undefined : gapMs;
}

function envelopeOf(
  settings: JsonObject,
  serial: number,
  notifications: readonly JsonObject[],
  { isForged, origin, record }: PostContext,
): string {
  const object = String(settings.object);
  return renderEnvelope({
    organizationId: isForged ? otherOrganizationId : organizationId,
    actionId: makeId('04k', serial),
    origin: origin(),
    object,
    notifications: notifications.map(({ id, recordId }) => ({
      id: String(id),
      fields: valuesOf(object, settings.fields ?? null, record(object, String(recordId)) ?? { Id: recordId ?? null }),
    })),
  });
}

/**
 * Outbound messages: SOAP posts that an administrator's rule sends when a record is created or edited; there is none for a delete.
 * They are tried for 24 hours with gaps that grow to two hours, and unless the answer acknowledges them.
 */
export const webhooks: VendorWebhooks = {
  maxBatch: 100,
  timeoutMs: listenerTimeoutMs,
  portal: { isSingle: false, check: checkSettings },
  notify: (change, subscription, serial) =>
    change.object !== subscription.settings.object || change.kind === 'delete'
      ? []
      : [{ id: makeId('04l', serial()), recordId: change.id }],
  post: ({ subscription: { url, settings, serial }, notifications }, context) => ({
    url,
    headers: { 'content-type': 'text/xml; charset=utf-8', soapaction: '""' },
    body: envelopeOf(settings, serial, notifications, context),
  }),
  isSuccess: ({ status, body }) => status === 200 && isAcknowledged(body),
  retryGapMs,
};
