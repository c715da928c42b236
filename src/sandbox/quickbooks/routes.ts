import type { FastifyInstance, FastifyRequest } from 'fastify';
import { jsonBody, queryOf, textBody } from '../body.ts';
import type { JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { answers, refuseOperation, withTime } from './answers.ts';
import { runBatch } from './batch.ts';
import { listChanges } from './changes.ts';
import { addGate } from './gate.ts';
import { addOAuthPaths, credentials } from './oauth.ts';
import { runQuery } from './query.ts';
import { type Entity, findByPath } from './schema.ts';
import { findVisible } from './visible.ts';
import { type Operation, refuseUnknown, write } from './write.ts';

type WithParams<Name extends string> = FastifyRequest<{ Params: Record<Name, string> }>;

const base = '/v3/company/:realmId';

/** Adds the vendor's paths. */
export function addRoutes(api: FastifyInstance, world: SandboxWorld): void {
  addGate(api, world);
  addOAuthPaths(api, world);
  const answer = (body: JsonObject): JsonObject => withTime(body, world.clock.now());
  api.get(`${base}/query`, async (request) => answer({ QueryResponse: runQuery(queryOf(request.url).query, world) }));
  api.post(`${base}/query`, async (request) => answer({ QueryResponse: runQuery(textBody(request.body), world) }));
  api.get(`${base}/cdc`, async (request) => answer(listChanges(world, queryOf(request.url))));
  api.post(`${base}/batch`, async (request) => answer(runBatch(world, jsonBody(request.body, answers.unreadable))));
  api.get(`${base}/companyinfo/:id`, async (request: WithParams<'id'>) =>
    request.params.id === credentials.realmId ? answer({ CompanyInfo: companyInfo }) : refuseUnknown(request.params.id),
  );
  api.get(`${base}/:entity/:id`, async (request: WithParams<'entity' | 'id'>) => {
    const entity = entityOf(request);
    const { id } = request.params;
    return answer({ [entity.name]: findVisible(world.book, entity, id) ?? refuseUnknown(id) });
  });
  api.post(`${base}/:entity`, async (request: WithParams<'entity'>) => {
    const entity = entityOf(request);
    const operation = operationOf(entity, queryOf(request.url));
    return answer({ [entity.name]: write(world, entity, operation, jsonBody(request.body, answers.unreadable)) });
  });
}

function entityOf(request: WithParams<'entity'>): Entity {
  return findByPath(request.params.entity) ?? refuseOperation(request.params.entity);
}

/** Invoices are voided by `operation=void`, payments by an update with `include=void`. */
function operationOf(entity: Entity, { operation, include }: Readonly<Record<string, string>>): Operation {
  if (operation === 'delete') return 'delete';
  if (operation === 'void' && entity.voidBy === 'operation') return 'void';
  if (operation === 'update' && include === 'void' && entity.voidBy === 'include') return 'void';
  return operation === undefined || operation === 'update' ? 'save' : refuseOperation(operation.toUpperCase());
}

const companyInfo: JsonObject = {
  Id: '1',
  SyncToken: '4',
  domain: 'QBO',
  sparse: false,
  CompanyName: 'Sandbox Company',
  LegalName: 'Sandbox Company LLC',
  Country: 'US',
  FiscalYearStartMonth: 'January',
  SupportedLanguages: 'en',
  MetaData: { CreateTime: '2026-01-05T09:00:00-08:00', LastUpdatedTime: '2026-01-05T09:00:00-08:00' },
};
