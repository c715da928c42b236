import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, Refusal } from '../answer.ts';
import { jsonBody, queryOf } from '../body.ts';
import type { Json, JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { answers, apiError, callLimitReached, isGraphqlPath, refuse, refuseToken } from './answers.ts';
import { troubledTokens } from './credentials.ts';
import { listEvents } from './events.ts';
import { answerGraphql } from './graphql/answer.ts';
import { renderIds } from './ids.ts';
import { bucketSizes, LeakyBucket } from './limits.ts';
import { countRecords, type Listed, listRecords } from './list.ts';
import { addOauthPaths } from './oauth.ts';
import { type Resource, resources } from './schema.ts';
import { hasScope, needScope, type Session, Sessions } from './sessions.ts';
import { recordsOf, shopRecord } from './shop.ts';
import { renderTime } from './times.ts';
import { answeringVersion } from './versions.ts';
import { addWebhookPaths } from './webhook-routes.ts';
import { checkRecord } from './write.ts';

const prefix = '/admin/api/';
const base = `${prefix}:version`;

type WithVersion = FastifyRequest<{ Params: { version: string } }>;
type WithId = FastifyRequest<{ Params: { id: string } }>;

/** What a request was admitted with. */
type SessionOf = (request: FastifyRequest) => Session;

/** Adds the vendor's paths. */
export function addRoutes(api: FastifyInstance, world: SandboxWorld): void {
  const sessions = new Sessions(world);
  const sessionOf = addAdmission(api, world, sessions);
  addOauthPaths(api, world, sessions);
  const points = new LeakyBucket(world.clock, () => bucketSizes(world.faults.current.quotaPerBurst).points);
  api.post(`${base}/graphql.json`, async (request: WithVersion, reply) =>
    sendJson(reply, answerGraphql(world, sessionOf(request), points, request, request.params.version)),
  );
  api.get(`${base}/shop.json`, async () => ({ shop: shopRecord(world) }));
  addEventPaths(api, world, sessionOf);
  for (const resource of resources) {
    addReadPaths(api, world, sessionOf, resource);
    addWritePaths(api, world, sessionOf, resource);
  }
  addOrderActions(api, world, sessionOf);
  addWebhookPaths(api, world.notifier.subscriptions, answers.unreadable, (request, scope) =>
    needScope(sessionOf(request), scope),
  );
}

/** Sends JSON in which ids are numbers of 64 bits. */
function sendJson(reply: FastifyReply, { status, body, headers = {} }: Answer): FastifyReply {
  return reply
    .code(status)
    .headers(headers)
    .type('application/json; charset=utf-8')
    .send(renderIds(JSON.stringify(body)));
}

/** Checks every call's version, token and rate before anything else, and says in headers what it found. */
function addAdmission(api: FastifyInstance, world: SandboxWorld, sessions: Sessions): SessionOf {
  const admitted = new WeakMap<FastifyRequest, Session>();
  const calls = new LeakyBucket(world.clock, () => bucketSizes(world.faults.current.quotaPerBurst).calls);
  const versionOf = (request: FastifyRequest): string | undefined =>
    answeringVersion(request.url.slice(prefix.length).split(/[/?]/, 1)[0] ?? '', world.clock.now());

  api.addHook('onRequest', async (request) => {
    if (!request.url.startsWith(prefix)) return;
    if (versionOf(request) === undefined) throw new Refusal(answers.missing(request.url));
    admitted.set(request, admit(request, sessions));
    if (isGraphqlPath(request.url)) return;
    if (!calls.fits(1))
      throw new Refusal(callLimitReached(world.faults.current.retryAfterSeconds, calls.size.perSecond));
    calls.add(1);
  });
  api.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', randomUUID());
    const version = request.url.startsWith(prefix) ? versionOf(request) : undefined;
    if (version === undefined) return;
    reply.header('x-shopify-api-version', version);
    if (!isGraphqlPath(request.url) && admitted.has(request)) {
      reply.header('x-shopify-shop-api-call-limit', `${Math.ceil(calls.level)}/${calls.size.capacity}`);
    }
  });
  return (request) => admitted.get(request) ?? { scopes: new Set() };
}

function admit(request: FastifyRequest, sessions: Sessions): Session {
  const header = request.headers['x-shopify-access-token'];
  const token = Array.isArray(header) ? header[0] : header;
  const trouble = Object.entries(troubledTokens).find(([known]) => known === token)?.[1];
  if (trouble !== undefined) throw new Refusal(trouble);
  const session = sessions.find(token);
  if (session === undefined) return refuseToken();
  const accepted = request.headers.accept ?? '*/*';
  if (!/\*\/\*|json|application\/\*/.test(accepted)) throw new Refusal(apiError(406, 'Not Acceptable'));
  return session;
}

/** `fields=id,updated_at` trims a record; names that it does not have are ignored. */
function trim(record: JsonObject, url: string): JsonObject {
  const asked = queryOf(url).fields;
  if (asked === undefined || asked === '') return record;
  const names = asked.split(',').map((name) => name.trim());
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));
}

function sendList(reply: FastifyReply, world: SandboxWorld, name: string, listed: Listed, url: string): FastifyReply {
  const { rows, link } = listRecords(world, listed, url);
  const body: JsonObject = { [name]: rows.map((row) => trim(row, url)) };
  return sendJson(reply, { status: 200, body, ...(link === undefined ? {} : { headers: { link } }) });
}

function addReadPaths(api: FastifyInstance, world: SandboxWorld, sessionOf: SessionOf, resource: Resource): void {
  const { name, singular } = resource;
  const listed = (request: FastifyRequest, isSearch: boolean): Listed => {
    const session = sessionOf(request);
    needScope(session, `read_${name}`);
    // A search reads the index, a list the records.
    return { object: name, isSearch, rows: recordsOf(world, session, name, isSearch ? 'indexed' : 'committed') };
  };
  api.get(`${base}/${name}.json`, async (request, reply) =>
    sendList(reply, world, name, listed(request, false), request.url),
  );
  api.get(`${base}/${name}/count.json`, async (request) => ({
    count: countRecords(world, listed(request, false), request.url),
  }));
  if (name === 'customers') {
    api.get(`${base}/${name}/search.json`, async (request, reply) =>
      sendList(reply, world, name, listed(request, true), request.url),
    );
  }
  api.get(`${base}/${name}/:id(^\\d+).json`, async (request: WithId, reply) => {
    const record = listed(request, false).rows.find((row) => String(row.id) === request.params.id);
    return record === undefined
      ? refuseMissing()
      : sendJson(reply, { status: 200, body: { [singular]: trim(record, request.url) } });
  });
}

const refuseMissing = (): never => refuse(404, 'Not Found');

function addWritePaths(api: FastifyInstance, world: SandboxWorld, sessionOf: SessionOf, resource: Resource): void {
  const { name, singular } = resource;
  const allow = (request: FastifyRequest): void => needScope(sessionOf(request), `write_${name}`);
  api.post(`${base}/${name}.json`, async (request, reply) => {
    allow(request);
    const given = checkRecord(resource, jsonBody(request.body, answers.unreadable), world.book, undefined);
    return sendJson(reply, { status: 201, body: { [singular]: world.book.create(name, given).record } });
  });
  api.put(`${base}/${name}/:id(^\\d+).json`, async (request: WithId, reply) => {
    allow(request);
    const { id } = request.params;
    if (world.book.find(name, id, 'committed')?.deleted !== false) return refuseMissing();
    const given = checkRecord(resource, jsonBody(request.body, answers.unreadable), world.book, id);
    return sendJson(reply, { status: 200, body: { [singular]: world.book.update(name, id, given)?.record ?? null } });
  });
  api.delete(`${base}/${name}/:id(^\\d+).json`, async (request: WithId) => {
    allow(request);
    return world.book.remove(name, request.params.id) === undefined ? refuseMissing() : {};
  });
}

/** The softer ends of an order, which only these paths set. */
function addOrderActions(api: FastifyInstance, world: SandboxWorld, sessionOf: SessionOf): void {
  const changes: Readonly<Record<string, (at: string) => JsonObject>> = {
    close: (at) => ({ closed_at: at }),
    open: () => ({ closed_at: null }),
    cancel: (at) => ({ cancelled_at: at, cancel_reason: 'other' }),
  };
  for (const [action, change] of Object.entries(changes)) {
    api.post(`${base}/orders/:id(^\\d+)/${action}.json`, async (request: WithId, reply) => {
      needScope(sessionOf(request), 'write_orders');
      const stored = world.book.update('orders', request.params.id, change(renderTime(world.clock.now())));
      return stored === undefined ? refuseMissing() : sendJson(reply, { status: 200, body: { order: stored.record } });
    });
  }
}

function addEventPaths(api: FastifyInstance, world: SandboxWorld, sessionOf: SessionOf): void {
  const listed = (request: FastifyRequest, isOwn: (event: JsonObject) => boolean): Listed => {
    const session = sessionOf(request);
    const readable = resources
      .filter((resource) => hasScope(session, `read_${resource.name}`))
      .map(({ type }): Json => type);
    const rows = listEvents(world, 'committed').filter(
      (event) => readable.includes(event.subject_type ?? null) && isOwn(event),
    );
    return { object: 'events', isSearch: false, rows };
  };
  api.get(`${base}/events.json`, async (request, reply) =>
    sendList(
      reply,
      world,
      'events',
      listed(request, () => true),
      request.url,
    ),
  );
  api.get(`${base}/events/count.json`, async (request) => ({
    count: countRecords(
      world,
      listed(request, () => true),
      request.url,
    ),
  }));
  api.get(`${base}/events/:id(^\\d+).json`, async (request: WithId, reply) => {
    const event = listed(request, (one) => String(one.id) === request.params.id).rows[0];
    return event === undefined
      ? refuseMissing()
      : sendJson(reply, { status: 200, body: { event: trim(event, request.url) } });
  });
  for (const { name, type } of resources) {
    api.get(`${base}/${name}/:id(^\\d+)/events.json`, async (request: WithId, reply) => {
      const isOwn = (event: JsonObject): boolean =>
        event.subject_type === type && String(event.subject_id) === request.params.id;
      return sendList(reply, world, 'events', listed(request, isOwn), request.url);
    });
  }
}
