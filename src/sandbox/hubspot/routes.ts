import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonBody, listOf, queryOf, textBody } from '../body.ts';
import { readHidden } from '../hidden.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { StoredRecord } from '../records.ts';
import type { SandboxWorld } from '../vendor.ts';
import { answers, refuse, refuseInvalid } from './answers.ts';
import { addDefinitionPaths } from './definitions.ts';
import { addLimits } from './limits.ts';
import { addMergePath } from './merge.ts';
import { addOAuthPaths, admit, portalId } from './oauth.ts';
import { namesOf, showRecord } from './present.ts';
import { findObjectType, findProperty, type ObjectType, shownType } from './schema.ts';
import { search } from './search.ts';
import { propertyValue } from './shape.ts';
import { addWebhookPaths, admitDeveloper } from './webhook-routes.ts';
import { checkProperties, checkUnique } from './write.ts';

/** The classic path and the date-based ones that took its place; bodies and answers are the same. */
const bases = ['/crm/v3/objects/:type', '/crm/objects/2026-03/:type', '/crm/objects/2026-09/:type'];

const defaultListLimit = 10;
const maxListLimit = 100;
const maxBatch = 100;
/** Archived records can be restored for 90 days, and are listed as long. */
const archiveMs = 90 * 86_400_000;

type WithType = FastifyRequest<{ Params: { type: string } }>;
type WithId = FastifyRequest<{ Params: { type: string; id: string } }>;

/** Adds the vendor's REST paths. */
export function addRoutes(api: FastifyInstance, world: SandboxWorld): void {
  api.addHook('preHandler', async (request) => {
    if (request.url.startsWith('/webhooks/')) admitDeveloper(request, world);
    else if (!request.url.startsWith('/oauth/')) admit(request.headers.authorization, world);
  });
  addLimits(api, world);
  addOAuthPaths(api, world);
  api.get('/account-info/v3/details', async () => ({
    portalId,
    accountType: 'DEVELOPER_TEST',
    timeZone: 'Europe/Berlin',
    companyCurrency: 'EUR',
    additionalCurrencies: [],
    utcOffset: '+01:00',
    utcOffsetMilliseconds: 3_600_000,
    uiDomain: 'app.hubspot.com',
    dataHostingLocation: 'na1',
  }));
  addWebhookPaths(api, world);
  addDefinitionPaths(api, world);
  for (const base of bases) {
    addReadPaths(api, world, base);
    addWritePaths(api, world, base);
    addMergePath(api, world, base);
  }
}

function typeOf(request: WithType, world: SandboxWorld): ObjectType {
  const { type } = request.params;
  const known = findObjectType(type);
  return (
    (known && shownType(known, readHidden(world.faults.current.hidden))) ??
    refuseInvalid(`Unable to infer object type from: ${type}`)
  );
}

function addReadPaths(api: FastifyInstance, world: SandboxWorld, base: string): void {
  api.get(base, async (request: WithType) =>
    listRecords(world, typeOf(request, world), queryOf(request.url), request.url),
  );
  api.post(`${base}/search`, async (request: WithType) => {
    const type = typeOf(request, world);
    return search(world, type, textBody(request.body), jsonBody(request.body, answers.unreadable));
  });
  api.post(`${base}/batch/read`, async (request: WithType, reply) => {
    const isArchived = queryOf(request.url).archived === 'true';
    const read = readBatch(world, typeOf(request, world), jsonBody(request.body, answers.unreadable), isArchived);
    // Multi-Status: some were read and some were not.
    await reply.code('errors' in read ? 207 : 200).send(read);
  });
  api.get(`${base}/:id`, async (request: WithId) => {
    const type = typeOf(request, world);
    const query = queryOf(request.url);
    const stored = findRecord(world, type, request.params.id, query.idProperty);
    if (stored === undefined || stored.deleted !== (query.archived === 'true')) return refuseMissing();
    return showRecord(stored.record, namesOf(type, listOf(request.url, 'properties')));
  });
}

function refuseMissing(): never {
  return refuse(404, 'OBJECT_NOT_FOUND', 'Object not found.  objectId are usually numeric.', { subCategory: 'crm' });
}

function findRecord(
  world: SandboxWorld,
  type: ObjectType,
  id: string,
  idProperty: string | undefined,
): StoredRecord | undefined {
  if (idProperty === undefined) return world.book.find(type.name, id, 'committed');
  if (idProperty !== type.unique || findProperty(type, idProperty) === undefined) {
    return refuseInvalid(`${idProperty} is not a unique property of ${type.name}`);
  }
  const wanted = id.toLowerCase();
  return world.book
    .list(type.name, 'committed')
    .find((stored) => !stored.deleted && propertyValue(stored.record, idProperty)?.toLowerCase() === wanted);
}

/** Lists by ascending id; `after` is the id to go on from. */
function listRecords(
  world: SandboxWorld,
  type: ObjectType,
  query: Readonly<Record<string, string>>,
  url: string,
): JsonObject {
  const limit = query.limit === undefined ? defaultListLimit : Number(query.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > maxListLimit)
    refuseInvalid(`limit must be from 1 to ${maxListLimit}`);
  const after = query.after === undefined || query.after === '' ? 0 : Number(query.after);
  if (!Number.isInteger(after) || after < 0) refuseInvalid(`The after parameter is not a valid cursor: ${query.after}`);
  const isArchived = query.archived === 'true';
  const oldestMs = world.clock.now() - archiveMs;
  const found = world.book
    .list(type.name, 'committed')
    .filter((stored) => stored.deleted === isArchived && Number(stored.id) >= after)
    .filter((stored) => !isArchived || Date.parse(String(stored.record.archivedAt)) > oldestMs)
    .toSorted((left, right) => Number(left.id) - Number(right.id));
  const size = world.faults.current.pageSize ?? limit;
  const names = namesOf(type, listOf(url, 'properties'));
  const results = found.slice(0, size).map((stored) => showRecord(stored.record, names));
  const following = found[size];
  if (following === undefined) return { results };
  const link = new URL(url, world.origin());
  link.searchParams.set('after', following.id);
  return { results, paging: { next: { after: following.id, link: link.href } } };
}

function readBatch(world: SandboxWorld, type: ObjectType, body: JsonObject, isArchived: boolean): JsonObject {
  const { inputs, properties, idProperty } = body;
  if (!Array.isArray(inputs)) return refuseInvalid('Invalid input JSON: inputs must be an array');
  if (inputs.length > maxBatch)
    return refuseInvalid(`Invalid request: at most ${maxBatch} inputs are allowed, got ${inputs.length}`);
  const names = namesOf(type, Array.isArray(properties) ? properties.filter((name) => typeof name === 'string') : []);
  const property = typeof idProperty === 'string' ? idProperty : undefined;
  const found = inputs.map((input: Json) => {
    const id = isJsonObject(input) ? input.id : undefined;
    if (typeof id !== 'string' && typeof id !== 'number')
      return refuseInvalid('Invalid input JSON: some required fields were not set: [id]');
    const stored = findRecord(world, type, String(id), property);
    return { id: String(id), stored: stored?.deleted === isArchived ? stored : undefined };
  });
  const results = found.flatMap(({ stored }) => (stored === undefined ? [] : [showRecord(stored.record, names)]));
  const nowIso = new Date(world.clock.now()).toISOString();
  const missing = found.flatMap(({ id, stored }) => (stored === undefined ? [id] : []));
  const done = { status: 'COMPLETE', results, startedAt: nowIso, completedAt: nowIso };
  if (missing.length === 0) return done;
  const errors = [
    { status: 'error', category: 'OBJECT_NOT_FOUND', message: 'Could not get some objects', context: { ids: missing } },
  ];
  return { ...done, numErrors: 1, errors };
}

function addWritePaths(api: FastifyInstance, world: SandboxWorld, base: string): void {
  api.post(base, async (request: WithType, reply) => {
    const type = typeOf(request, world);
    const properties = checkProperties(type, jsonBody(request.body, answers.unreadable));
    checkUnique(type, world.book, properties, '');
    const { record } = world.book.create(type.name, { properties });
    await reply.code(201).send(showRecord(record, namesOf(type, Object.keys(properties))));
  });
  api.patch(`${base}/:id`, async (request: WithId) => {
    const type = typeOf(request, world);
    const properties = checkProperties(type, jsonBody(request.body, answers.unreadable));
    checkUnique(type, world.book, properties, request.params.id);
    const stored = world.book.update(type.name, request.params.id, { properties });
    return stored === undefined ? refuseMissing() : showRecord(stored.record, namesOf(type, Object.keys(properties)));
  });
  // Archiving what is not there, or not there any more, is a success too.
  api.delete(`${base}/:id`, async (request: WithId, reply) => {
    world.book.remove(typeOf(request, world).name, request.params.id);
    await reply.code(204).send();
  });
}
