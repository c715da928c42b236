import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../answer.ts';
import { bearerToken, jsonBody, queryOf } from '../body.ts';
import { readHidden } from '../hidden.ts';
import type { JsonObject } from '../json.ts';
import type { StoredRecord } from '../records.ts';
import type { SandboxWorld } from '../vendor.ts';
import { answers, apiError, explainError, refuse } from './answers.ts';
import { guidOf, isGuid } from './ids.ts';
import { addLimits } from './limits.ts';
import { readMessages } from './messages.ts';
import { readMetadata } from './metadata.ts';
import { credentials, Directory } from './oauth.ts';
import { type Preferences, readPreferences } from './preferences.ts';
import { apiPath, contextOf, selectedColumns, showRow } from './present.ts';
import { checkOptions, keptRows, maxPage, readPage, sourceOf } from './read.ts';
import { addRegistrationRoutes } from './registration-routes.ts';
import { findSet, shownTable, type Table } from './schema.ts';
import { shape, systemUserId } from './shape.ts';
import { checkTracking, countChanges, isTracking, readTracked } from './tracking.ts';
import { checkColumns } from './write.ts';

const maxUrlLength = 32_768;

/** What a path below the API names. */
interface Target {
  readonly table: Table;
  readonly id: string | undefined;
}

/** Adds the vendor's sign-in and Web API paths. */
export function addRoutes(api: FastifyInstance, world: SandboxWorld): void {
  const directory = new Directory(world);
  directory.addPaths(api);
  api.addHook('onRequest', async (request) => {
    if (request.url.startsWith('/api/')) admit(request, world);
  });
  addLimits(api, world);
  api.addHook('onSend', async (request, reply, payload) => {
    if (!request.url.startsWith('/api/')) return payload;
    reply.header('odata-version', '4.0');
    const isExplained = reply.statusCode >= 400 && readPreferences(request.headers.prefer).annotatesAll;
    return isExplained && typeof payload === 'string' ? explainError(payload) : payload;
  });
  api.get(`${apiPath}/*`, async (request, reply) => {
    const path = pathOf(request);
    const preferences = readPreferences(request.headers.prefer);
    if (preferences.applied !== '') reply.header('preference-applied', preferences.applied);
    reply.type('application/json; odata.metadata=minimal');
    await answerGet(request, reply, { world, directory, path, preferences });
  });
  const registrations = addRegistrationRoutes(api, world, directory);
  addWritePaths(api, world, directory, registrations.remove);
}

function admit(request: FastifyRequest, world: SandboxWorld): void {
  if (request.url.length > maxUrlLength) refuse(414, '0x80060888', 'The request URI is too long.');
  const token = bearerToken(request.headers.authorization);
  if (token !== undefined && world.tokens.state(token) === 'valid') return;
  const authority = `${world.origin()}/${credentials.tenantId}/oauth2/authorize`;
  throw new Refusal({
    status: 401,
    body: '',
    headers: { 'www-authenticate': `Bearer authorization_uri=${authority}, resource_id=${world.origin()}/` },
  });
}

/** The path below the API; text that is no URL encoding is refused. */
function pathOf(request: FastifyRequest): string {
  const raw = (request.url.split('?')[0] ?? '').slice(apiPath.length + 1);
  try {
    return decodeURIComponent(raw);
  } catch {
    return refuse(400, '0x80060888', 'Bad Request - Error in query syntax.');
  }
}

function targetOf(path: string, world: SandboxWorld): Target {
  const [, setName = '', key] = /^(\w+)(?:\(([^)]*)\))?$/.exec(path) ?? [];
  const known = findSet(setName);
  const table = known && shownTable(known, readHidden(world.faults.current.hidden));
  if (table === undefined) throw new Refusal(answers.missing(path));
  if (key === undefined) return { table, id: undefined };
  const id = key.replace(/^\w+=/, '').toLowerCase();
  return isGuid(id) ? { table, id } : refuse(400, '0x80060888', 'Bad Request - Error in query syntax.');
}

function checkPrivilege(request: FastifyRequest, directory: Directory, table: Table, verb: string): void {
  const isReader = directory.isReader(bearerToken(request.headers.authorization) ?? '');
  if (!isReader || (verb === 'Read' && table.logicalName !== 'opportunity')) return;
  const privilege = `prv${verb}${table.logicalName.charAt(0).toUpperCase()}${table.logicalName.slice(1)}`;
  refuse(403, '0x80040220', `Principal user (Id=${guidOf('reader')}) is missing ${privilege} privilege.`);
}

interface GetContext {
  readonly world: SandboxWorld;
  readonly directory: Directory;
  readonly path: string;
  readonly preferences: Preferences;
}

async function answerGet(
  request: FastifyRequest,
  reply: FastifyReply,
  { world, directory, path, preferences }: GetContext,
): Promise<void> {
  const query = queryOf(request.url);
  const described = readMetadata(world, path, query) ?? readMessages(world.origin(), path, query);
  const metadata = path === 'WhoAmI' || path === 'WhoAmI()' ? whoAmI(world) : described;
  if (metadata !== undefined) return void (await reply.send(metadata));
  const isCount = path.endsWith('/$count');
  const { table, id } = targetOf(isCount ? path.slice(0, -'/$count'.length) : path, world);
  checkPrivilege(request, directory, table, 'Read');
  const asked = { table, query, url: request.url, preferences };
  if (isTracking(asked)) checkTracking(table, query);
  checkOptions(query);
  if (isCount) {
    const { $deltatoken: token } = query;
    const count =
      token === undefined ? keptRows(world, table, query.$filter).length : countChanges(world, table, token);
    return void (await reply.type('text/plain').send(String(Math.min(count, maxPage))));
  }
  if (id !== undefined) {
    const { record } = findRow(world, table, id);
    await reply
      .header('etag', shape.version(table.logicalName, record))
      .send(showOne(world, table, record, query.$select, preferences));
  } else await reply.send(isTracking(asked) ? readTracked(world, asked) : readPage(world, asked));
}

function whoAmI(world: SandboxWorld): JsonObject {
  return {
    '@odata.context': `${world.origin()}${apiPath}/$metadata#Microsoft.Dynamics.CRM.WhoAmIResponse`,
    BusinessUnitId: guidOf('business unit'),
    UserId: systemUserId,
    OrganizationId: guidOf('organisation'),
  };
}

function findRow(world: SandboxWorld, table: Table, id: string): StoredRecord {
  const stored = world.book.find(table.logicalName, id, 'committed');
  return stored === undefined || stored.deleted ? refuseMissing(table, id) : stored;
}

const refuseMissing = (table: Table, id: string): never =>
  refuse(404, '0x80040217', `${table.logicalName} With Id = ${id} Does Not Exist`);

function showOne(
  world: SandboxWorld,
  table: Table,
  record: JsonObject,
  select: string | undefined,
  preferences: Preferences,
): JsonObject {
  return {
    '@odata.context': contextOf(world.origin(), table, select, '/$entity'),
    ...showRow(table, record, selectedColumns(table, select), preferences.annotated, sourceOf(world)),
  };
}

function addWritePaths(
  api: FastifyInstance,
  world: SandboxWorld,
  directory: Directory,
  removeRegistered: (path: string, authorization: string | undefined) => boolean,
): void {
  const entityId = (table: Table, id: string): string => `${world.origin()}${apiPath}/${table.setName}(${id})`;
  const answerWrite = async (
    request: FastifyRequest,
    reply: FastifyReply,
    table: Table,
    stored: StoredRecord,
    status: number,
  ) => {
    const preferences = readPreferences(request.headers.prefer);
    reply.header('odata-entityid', entityId(table, stored.id));
    if (!preferences.returnsRow) return void (await reply.code(204).send());
    reply.header('preference-applied', preferences.applied);
    const { $select } = queryOf(request.url);
    await reply.code(status).send(showOne(world, table, stored.record, $select, preferences));
  };
  api.post(`${apiPath}/*`, async (request, reply) => {
    const { table, id } = targetOf(pathOf(request), world);
    if (id !== undefined)
      return refuse(405, '0x8006088a', "The requested resource does not support http method 'POST'.");
    checkPrivilege(request, directory, table, 'Create');
    const given = checkColumns(table, jsonBody(request.body, answers.unreadable), true);
    const chosen = given[table.idColumn];
    if (typeof chosen === 'string' && world.book.find(table.logicalName, chosen, 'latest') !== undefined) {
      refuse(412, '0x80040237', 'A record with matching key values already exists.');
    }
    const stored = world.book.create(table.logicalName, given, typeof chosen === 'string' ? chosen : undefined);
    return answerWrite(request, reply, table, stored, 201);
  });
  api.patch(`${apiPath}/*`, async (request, reply) => {
    const { table, id } = targetOf(pathOf(request), world);
    if (id === undefined)
      return refuse(405, '0x8006088a', "The requested resource does not support http method 'PATCH'.");
    checkPrivilege(request, directory, table, 'Write');
    const body = jsonBody(request.body, answers.unreadable);
    const known = world.book.find(table.logicalName, id, 'latest');
    const isThere = known !== undefined && !known.deleted;
    checkMatch(request, table, id, isThere ? known : undefined);
    // An update of a row that is not there creates it, unless If-Match forbids that; a deleted id is not given out again.
    if (known?.deleted === true) return refuseMissing(table, id);
    const changes = checkColumns(table, body, !isThere);
    const stored =
      world.book.update(table.logicalName, id, changes) ?? world.book.create(table.logicalName, changes, id);
    return answerWrite(request, reply, table, stored, isThere ? 200 : 201);
  });
  api.delete(`${apiPath}/*`, async (request, reply) => {
    if (removeRegistered(pathOf(request), request.headers.authorization)) return reply.code(204).send();
    const { table, id } = targetOf(pathOf(request), world);
    if (id === undefined)
      return refuse(405, '0x8006088a', "The requested resource does not support http method 'DELETE'.");
    checkPrivilege(request, directory, table, 'Delete');
    if (world.book.remove(table.logicalName, id) === undefined) refuseMissing(table, id);
    return reply.code(204).send();
  });
}

function checkMatch(request: FastifyRequest, table: Table, id: string, known: StoredRecord | undefined): void {
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && known === undefined) refuseMissing(table, id);
  const isOther =
    wanted !== undefined &&
    wanted !== '*' &&
    known !== undefined &&
    wanted !== shape.version(table.logicalName, known.record);
  if (isOther)
    throw new Refusal(
      apiError(412, '0x80060882', "The version of the existing record doesn't match the RowVersion property provided."),
    );
  if (request.headers['if-none-match'] === '*' && known !== undefined) {
    refuse(412, '0x80040237', 'A record with matching key values already exists.');
  }
}
