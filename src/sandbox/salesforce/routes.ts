import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../answer.ts';
import { bearerToken, jsonBody, queryOf } from '../body.ts';
import { readHidden } from '../hidden.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { Quota } from '../quota.ts';
import type { StoredRecord } from '../records.ts';
import type { SandboxWorld } from '../vendor.ts';
import { answers, apiError, refuse } from './answers.ts';
import { describeBriefly, describeGlobal, describeObject } from './describe.ts';
import { normaliseId } from './ids.ts';
import { listLimits } from './limits.ts';
import { addOAuthPaths } from './oauth.ts';
import { QueryDesk } from './query.ts';
import { listReleases, newestVersion, oldestVersion } from './releases.ts';
import { listDeleted, listUpdated } from './replication.ts';
import { findField, findSchema, type ObjectSchema, shownSchema } from './schema.ts';
import { attributesOf, fieldValue } from './soql/project.ts';
import { checkFields } from './write.ts';

const dayMs = 86_400_000;
const defaultDailyRequests = 100_000;
/** URI and headers together, by the vendor's limits page. */
const maxHeadBytes = 16_384;

type WithParams<Name extends string> = FastifyRequest<{ Params: Record<Name, string> }>;

/** Adds the vendor's REST paths. */
export function addRoutes(api: FastifyInstance, world: SandboxWorld): void {
  const quota = new Quota(dayMs);
  const maxPerDay = (): number => world.faults.current.quotaPerDay ?? defaultDailyRequests;
  addOAuthPaths(api, world);
  api.get('/services/data', async () => listReleases());
  api.addHook('onRequest', async (request) => {
    if (request.url.startsWith('/services/data/')) admit(request, world, quota, maxPerDay());
  });
  api.addHook('onSend', async (request, reply) => {
    if (!request.url.startsWith('/services/data/')) return;
    reply.header('sforce-limit-info', `api-usage=${quota.used(world.clock.now())}/${maxPerDay()}`);
  });
  api.get('/services/data/:version/limits', async () =>
    listLimits({ max: maxPerDay(), used: quota.used(world.clock.now()) }),
  );
  addQueryPaths(api, world);
  addObjectPaths(api, world);
  addRecordPaths(api, world);
}

function admit(request: FastifyRequest, world: SandboxWorld, quota: Quota, maxPerDay: number): void {
  const headBytes = request.raw.rawHeaders.reduce((sum, text) => sum + text.length + 2, request.url.length);
  if (request.url.length > maxHeadBytes)
    throw new Refusal({ status: 414, body: '<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>' });
  if (headBytes > maxHeadBytes) {
    throw new Refusal({
      status: 431,
      body: '<h1>Bad Message 431</h1><pre>reason: Request Header Fields Too Large</pre>',
    });
  }
  const version = Number(/^\/services\/data\/v(\d+)\.0(?:[/?]|$)/.exec(request.url)?.[1]);
  if (!(version >= oldestVersion && version <= newestVersion)) throw new Refusal(answers.missing(request.url));
  const token = bearerToken(request.headers.authorization?.replace(/^OAuth /i, 'Bearer '));
  if (token === undefined || world.tokens.state(token) !== 'valid')
    refuse(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  if (!quota.take(world.clock.now(), maxPerDay)) throw new Refusal(answers.throttled(null));
}

const versionOf = (request: FastifyRequest): string => /\/v(\d+\.0)/.exec(request.url)?.[1] ?? '';

function addQueryPaths(api: FastifyInstance, world: SandboxWorld): void {
  const desk = new QueryDesk(world);
  const batchSizeOf = (request: FastifyRequest): number | undefined => {
    const asked = /batchSize=(\d+)/.exec(String(request.headers['sforce-query-options'] ?? ''))?.[1];
    return asked === undefined ? undefined : Number(asked);
  };
  for (const name of ['query', 'queryAll']) {
    const withDeleted = name === 'queryAll';
    api.get(`/services/data/:version/${name}`, async (request) =>
      desk.run({
        soql: queryOf(request.url).q,
        version: versionOf(request),
        withDeleted,
        batchSize: batchSizeOf(request),
      }),
    );
    api.get(`/services/data/:version/${name}/:locator`, async (request: WithParams<'locator'>) =>
      desk.next(request.params.locator),
    );
  }
  api.post('/services/data/:version/composite', async (request) => {
    const { compositeRequest } = jsonBody(request.body, answers.unreadable);
    if (!Array.isArray(compositeRequest)) return refuse(400, 'JSON_PARSER_ERROR', 'compositeRequest must be an array');
    return { compositeResponse: compositeRequest.map((part: Json) => runPart(part, desk, batchSizeOf(request))) };
  });
}

/** One subrequest of /composite, which carries statements too long for a URL; the sandbox takes queries only. */
function runPart(part: Json, desk: QueryDesk, batchSize: number | undefined): JsonObject {
  const { method, url, referenceId } = isJsonObject(part) ? part : {};
  const found = /^\/services\/data\/v(\d+\.0)\/(query|queryAll)\?/.exec(typeof url === 'string' ? url : '');
  const reference = typeof referenceId === 'string' ? referenceId : '';
  try {
    if (method !== 'GET' || found === null)
      return refuse(400, 'INVALID_REQUEST', 'the sandbox runs only GET query and queryAll in a composite');
    const withDeleted = found[2] === 'queryAll';
    const body = desk.run({ soql: queryOf(String(url)).q, version: found[1] ?? '', withDeleted, batchSize });
    return { body, httpHeaders: {}, httpStatusCode: 200, referenceId: reference };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { body: error.answer.body, httpHeaders: {}, httpStatusCode: error.answer.status, referenceId: reference };
  }
}

function schemaOf(request: WithParams<'type'>, world: SandboxWorld): ObjectSchema {
  const schema = findSchema(request.params.type);
  return (
    (schema && shownSchema(schema, readHidden(world.faults.current.hidden))) ??
    refuse(404, 'NOT_FOUND', 'The requested resource does not exist')
  );
}

function addObjectPaths(api: FastifyInstance, world: SandboxWorld): void {
  const base = '/services/data/:version/sobjects';
  api.get(base, async (request) => describeGlobal(versionOf(request), readHidden(world.faults.current.hidden)));
  api.get(`${base}/:type`, async (request: WithParams<'type'>) => ({
    objectDescribe: describeBriefly(schemaOf(request, world), versionOf(request)),
    recentItems: [],
  }));
  api.get(`${base}/:type/describe`, async (request: WithParams<'type'>) =>
    describeObject(schemaOf(request, world), versionOf(request)),
  );
  for (const [name, list] of [
    ['updated', listUpdated],
    ['deleted', listDeleted],
  ] as const) {
    for (const ending of ['', '/']) {
      api.get(`${base}/:type/${name}${ending}`, async (request: WithParams<'type'>) =>
        list(world, schemaOf(request, world), queryOf(request.url)),
      );
    }
  }
}

function addRecordPaths(api: FastifyInstance, world: SandboxWorld): void {
  const base = '/services/data/:version/sobjects/:type';
  api.post(base, async (request: WithParams<'type'>, reply) => {
    const schema = schemaOf(request, world);
    const given = checkFields(schema, jsonBody(request.body, answers.unreadable), true);
    await reply.code(201).send({ id: world.book.create(schema.name, given).id, success: true, errors: [] });
  });
  api.get(`${base}/:id`, async (request: WithParams<'type' | 'id'>) => {
    const schema = schemaOf(request, world);
    return showRecord(
      schema,
      liveRecord(world, schema, request.params.id).record,
      queryOf(request.url).fields,
      versionOf(request),
    );
  });
  api.patch(`${base}/:id`, async (request: WithParams<'type' | 'id'>, reply) => {
    const schema = schemaOf(request, world);
    const { id } = liveRecord(world, schema, request.params.id);
    world.book.update(schema.name, id, checkFields(schema, jsonBody(request.body, answers.unreadable), false));
    await reply.code(204).send();
  });
  api.delete(`${base}/:id`, async (request: WithParams<'type' | 'id'>, reply) => {
    const schema = schemaOf(request, world);
    world.book.remove(schema.name, liveRecord(world, schema, request.params.id).id);
    await reply.code(204).send();
  });
}

function liveRecord(world: SandboxWorld, schema: ObjectSchema, given: string): StoredRecord {
  const id = normaliseId(given);
  if (id === undefined)
    return refuse(400, 'MALFORMED_ID', `Provided external ID field does not exist or is not accessible: ${given}`);
  const stored = world.book.find(schema.name, id, 'committed');
  if (stored === undefined) return refuse(404, 'NOT_FOUND', 'The requested resource does not exist');
  return stored.deleted ? refuse(404, 'ENTITY_IS_DELETED', 'entity is deleted') : stored;
}

function showRecord(schema: ObjectSchema, record: JsonObject, fields: string | undefined, version: string): JsonObject {
  const chosen = fields?.split(',').map((name) => {
    const field = findField(schema, name.trim());
    if (field === undefined)
      throw new Refusal(apiError(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${schema.name}`));
    return field;
  });
  const shown = (chosen ?? schema.fields).map((field): [string, Json] => [field.name, fieldValue(record, field)]);
  return { attributes: attributesOf(schema, record, version), ...Object.fromEntries(shown), Id: record.Id ?? null };
}
