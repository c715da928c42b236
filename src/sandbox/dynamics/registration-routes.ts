import type { FastifyInstance } from 'fastify';
import { bearerToken, jsonBody, queryOf } from '../body.ts';
import type { JsonObject } from '../json.ts';
import type { SandboxWorld } from '../vendor.ts';
import { answers, refuse } from './answers.ts';
import { guidOf } from './ids.ts';
import { listed, metaTable } from './metadata.ts';
import type { Directory } from './oauth.ts';
import { readPreferences } from './preferences.ts';
import { apiPath } from './present.ts';
import { Registrations } from './webhook-registration.ts';

const endpointTable = metaTable('serviceendpoint', {
  serviceendpointid: 'Uniqueidentifier',
  name: 'String',
  contract: 'Integer',
  url: 'String',
  authtype: 'Integer',
  isauthvalueset: 'Boolean',
});

/** The tables by which webhooks are registered, and how a row of each is made and ends. */
interface RegistrationTable {
  readonly set: string;
  readonly key: string;
  add(row: JsonObject): { readonly id: string } | string;
  remove(id: string): boolean;
}

/** Adds the paths that register webhooks; removing them shares a path with every other table, so `remove` is called for it. */
export function addRegistrationRoutes(
  api: FastifyInstance,
  world: SandboxWorld,
  directory: Directory,
): { readonly remove: (path: string, authorization: string | undefined) => boolean } {
  const rows = new Registrations(world.notifier.subscriptions);
  const registrationTables: readonly RegistrationTable[] = [
    {
      set: 'serviceendpoints',
      key: 'serviceendpointid',
      add: (row) => rows.addEndpoint(row),
      remove: (id) => rows.removeEndpoint(id),
    },
    {
      set: 'sdkmessageprocessingsteps',
      key: 'sdkmessageprocessingstepid',
      add: (row) => rows.addStep(row),
      remove: (id) => rows.removeStep(id),
    },
  ];
  const checkRole = (authorization: string | undefined, verb: string): void => {
    if (!directory.isReader(bearerToken(authorization) ?? '')) return;
    refuse(
      403,
      '0x80040220',
      `Principal user (Id=${guidOf('reader')}) is missing prv${verb}SdkMessageProcessingStep privilege.`,
    );
  };
  for (const { set, key, add } of registrationTables) {
    api.post(`${apiPath}/${set}`, async (request, reply) => {
      checkRole(request.headers.authorization, 'Create');
      const added = add(jsonBody(request.body, answers.unreadable));
      if (typeof added === 'string') return refuse(400, '0x80048d19', added);
      reply.header('odata-entityid', `${world.origin()}${apiPath}/${set}(${added.id})`);
      const { returnsRow, applied } = readPreferences(request.headers.prefer);
      if (!returnsRow) return reply.code(204).send();
      return reply
        .header('preference-applied', applied)
        .code(201)
        .send({ [key]: added.id });
    });
  }
  api.get(`${apiPath}/serviceendpoints`, async (request) => ({
    '@odata.context': `${world.origin()}${apiPath}/$metadata#serviceendpoints`,
    value: listed(endpointTable, rows.list(), queryOf(request.url)),
  }));
  return {
    remove: (path, authorization) => {
      const [, set, id = ''] = /^(\w+)\(([^)]*)\)$/.exec(path) ?? [];
      const meant = registrationTables.find((one) => one.set === set);
      if (meant === undefined) return false;
      checkRole(authorization, 'Delete');
      const isGone = meant.remove(id.toLowerCase());
      return isGone || refuse(404, '0x80040217', `${meant.set} With Id = ${id} Does Not Exist`);
    },
  };
}
