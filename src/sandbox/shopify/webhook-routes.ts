import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Answer, Refusal } from '../answer.ts';
import { jsonBody, queryOf } from '../body.ts';
import { isJsonObject } from '../json.ts';
import type { SubscriptionBook } from '../subscriptions.ts';
import { findById, listWebhooks, register, resourceOf, showWebhook } from './webhook.ts';

const base = '/admin/api/:version/webhooks';

type WithVersion = FastifyRequest<{ Params: { version: string } }>;
type WithId = FastifyRequest<{ Params: { id: string } }>;

/** Adds the REST paths by which an app subscribes: webhooks.json. */
export function addWebhookPaths(
  api: FastifyInstance,
  book: SubscriptionBook,
  unreadable: (reason: string) => Answer,
  needScope: (request: FastifyRequest, scope: string) => void,
): void {
  const refuse = (status: number, errors: string | Readonly<Record<string, readonly string[]>>): never => {
    throw new Refusal({ status, body: { errors } });
  };
  api.get(`${base}.json`, async (request) => ({ webhooks: listWebhooks(book, queryOf(request.url)) }));
  api.post(`${base}.json`, async (request: WithVersion, reply) => {
    const { webhook } = jsonBody(request.body, unreadable);
    if (!isJsonObject(webhook)) return refuse(400, { webhook: ['Required parameter missing or invalid'] });
    const { topic = '', address = '', format = 'json', fields } = webhook;
    if (format !== 'json') return refuse(422, { format: ['is not one that the sandbox writes'] });
    const resource = resourceOf(String(topic));
    if (resource !== undefined) needScope(request, `read_${resource}`);
    const registered = register(book, {
      topic: String(topic),
      address: String(address),
      fields: Array.isArray(fields) ? fields.map(String) : [],
      apiVersion: request.params.version,
    });
    if ('problems' in registered) return refuse(422, registered.problems);
    return reply.code(201).send({ webhook: showWebhook(registered.subscription) });
  });
  api.get(`${base}/:id(^\\d+).json`, async (request: WithId) => {
    const found = findById(book, request.params.id);
    return found === undefined ? refuse(404, 'Not Found') : { webhook: showWebhook(found) };
  });
  api.delete(`${base}/:id(^\\d+).json`, async (request: WithId) => {
    const found = findById(book, request.params.id);
    if (found === undefined) return refuse(404, 'Not Found');
    book.remove(found.serial);
    return {};
  });
}
