import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonBody, queryOf } from '../body.ts';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { isLoopback } from '../post.ts';
import type { Subscription } from '../subscriptions.ts';
import type { SandboxWorld } from '../vendor.ts';
import { answers, refuse, refuseInvalid } from './answers.ts';
import { admit } from './oauth.ts';
import { findObjectType, findProperty } from './schema.ts';
import { appId, eventObjects, isEventKind } from './webhooks.ts';

/** The key of the developer account that owns the app; invented, valid in every sandbox. */
export const developerKey = 'sandbox-developer-key';

const base = '/webhooks/v3/:appId';
const maxConcurrentRequests = 10;
/** Of one app: https://developers.hubspot.com/changelog/announcing-new-limits-for-developer-accounts-and-applications. */
const maxSubscriptions = 1000;

type WithApp = FastifyRequest<{ Params: { appId: string } }>;
type WithId = FastifyRequest<{ Params: { appId: string; id: string } }>;

/** Webhooks are set with the developer's key in the query, or with a token as everything else; a key that is wrong is refused. */
export function admitDeveloper(request: FastifyRequest, world: SandboxWorld): void {
  const { hapikey } = queryOf(request.url);
  if (hapikey === undefined) admit(request.headers.authorization, world);
  else if (hapikey !== developerKey)
    refuse(
      401,
      'INVALID_AUTHENTICATION',
      'The API key provided is invalid. View or manage your API key in your developer account',
    );
}

interface Settings {
  readonly targetUrl: string;
  readonly maxConcurrentRequests: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

const showSettings = ({ maxConcurrentRequests: most, ...rest }: Settings): JsonObject => ({
  ...rest,
  throttling: { maxConcurrentRequests: most, period: 'SECONDLY' },
});

/** Adds the paths by which an app sets its URL and its subscriptions. */
export function addWebhookPaths(api: FastifyInstance, world: SandboxWorld): void {
  const { subscriptions } = world.notifier;
  let settings: Settings | undefined;
  const known = (): Settings => settings ?? refuse(404, 'OBJECT_NOT_FOUND', `No webhook settings for app ${appId}`);
  const moveAll = (url: string): void => {
    for (const { serial } of subscriptions.list()) subscriptions.update(serial, { url });
  };

  api.addHook('preHandler', async (request) => {
    if (!request.url.startsWith('/webhooks/v3/')) return;
    if (!request.url.startsWith(`/webhooks/v3/${appId}/`)) refuse(404, 'OBJECT_NOT_FOUND', 'No such app');
  });
  api.get(`${base}/settings`, async () => showSettings(known()));
  api.put(`${base}/settings`, async (request: WithApp) => {
    const now = new Date(world.clock.now()).toISOString();
    const given = readSettings(jsonBody(request.body, answers.unreadable));
    settings = { ...given, createdAt: settings?.createdAt ?? now, updatedAt: now };
    moveAll(settings.targetUrl);
    return showSettings(settings);
  });
  api.delete(`${base}/settings`, async (_request, reply) => {
    settings = undefined;
    moveAll('');
    await reply.code(204).send();
  });
  addSubscriptionPaths(api, world, () => settings?.targetUrl ?? '');
}

function readSettings(body: JsonObject): Pick<Settings, 'targetUrl' | 'maxConcurrentRequests'> {
  const { targetUrl, throttling } = body;
  if (typeof targetUrl !== 'string' || !isLoopback(targetUrl))
    return refuseInvalid('targetUrl must lead to this machine: a sandbox sends nowhere else');
  const most = isJsonObject(throttling) ? throttling.maxConcurrentRequests : maxConcurrentRequests;
  if (typeof most !== 'number' || !Number.isInteger(most) || most < 1)
    return refuseInvalid('throttling.maxConcurrentRequests must be a whole number from 1');
  return { targetUrl, maxConcurrentRequests: most };
}

function addSubscriptionPaths(api: FastifyInstance, world: SandboxWorld, urlNow: () => string): void {
  const { subscriptions } = world.notifier;
  const refuseMissing = (id: string): never => refuse(404, 'OBJECT_NOT_FOUND', `No subscription ${id}`);
  const update = (id: string, body: JsonObject): JsonObject => {
    if (typeof body.active !== 'boolean') return refuseInvalid('active must be true or false');
    const changed = subscriptions.update(Number(id), { isActive: body.active });
    return changed === undefined ? refuseMissing(id) : showSubscription(changed);
  };

  api.get(`${base}/subscriptions`, async () => ({ results: subscriptions.list().map(showSubscription) }));
  api.post(`${base}/subscriptions`, async (request: WithApp, reply) => {
    const body = jsonBody(request.body, answers.unreadable);
    const settings = readSubscription(body);
    const isSame = (one: Subscription): boolean => JSON.stringify(one.settings) === JSON.stringify(settings);
    if (subscriptions.list().some(isSame)) refuse(409, 'CONFLICT', 'A subscription with these values already exists');
    const most = world.faults.current.subscriptionLimit ?? maxSubscriptions;
    if (subscriptions.list().length >= most) refuseInvalid(`An app may have ${most} webhook subscriptions`);
    // Paused until it is switched on, as the vendor's reference says.
    const made = subscriptions.add({ url: urlNow(), isActive: body.active === true, settings });
    await reply.code(201).send(showSubscription(made));
  });
  api.post(`${base}/subscriptions/batch/update`, async (request: WithApp) => {
    const { inputs } = jsonBody(request.body, answers.unreadable);
    if (!Array.isArray(inputs)) return refuseInvalid('Invalid input JSON: inputs must be an array');
    const startedAt = new Date(world.clock.now()).toISOString();
    const results = inputs.map((input: Json) => {
      if (!isJsonObject(input)) return refuseInvalid('Invalid input JSON: an input must be an object');
      return update(String(input.id), input);
    });
    return { status: 'COMPLETE', results, startedAt, completedAt: startedAt };
  });
  api.get(`${base}/subscriptions/:id`, async (request: WithId) => {
    const found = subscriptions.find(Number(request.params.id));
    return found === undefined ? refuseMissing(request.params.id) : showSubscription(found);
  });
  api.patch(`${base}/subscriptions/:id`, async (request: WithId) =>
    update(request.params.id, jsonBody(request.body, answers.unreadable)),
  );
  api.delete(`${base}/subscriptions/:id`, async (request: WithId, reply) => {
    subscriptions.remove(Number(request.params.id));
    await reply.code(204).send();
  });
}

/** Checks what to subscribe to; a change of a property needs the property's name, for there is no wildcard. */
function readSubscription({ eventType, propertyName, objectTypeId }: JsonObject): JsonObject {
  const [subject = '', kind = '', ...more] = typeof eventType === 'string' ? eventType.split('.') : [];
  const isGeneric = subject === 'object';
  const type = findObjectType(isGeneric ? String(objectTypeId) : (eventObjects[subject] ?? ''));
  if (type === undefined || more.length > 0 || !isEventKind(subject, kind))
    return refuseInvalid(`Unknown or unsupported eventType: ${JSON.stringify(eventType ?? null)}`);
  const settings = { eventType: `${subject}.${kind}`, objectTypeId: type.typeId };
  if (kind !== 'propertyChange') return settings;
  if (typeof propertyName !== 'string' || findProperty(type, propertyName) === undefined)
    return refuseInvalid('propertyName must be a property of the object');
  return { ...settings, propertyName };
}

const showSubscription = ({ serial, isActive, settings, createdAtMs, updatedAtMs }: Subscription): JsonObject => ({
  id: String(serial),
  ...settings,
  active: isActive,
  createdAt: new Date(createdAtMs).toISOString(),
  updatedAt: new Date(updatedAtMs).toISOString(),
});
