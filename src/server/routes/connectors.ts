/** `/v1/connectors`: what can be connected, and what that needs. */

import type { Connector, ConnectorObject } from '../../connector/connector.ts';
import { queryOf } from '../../connector/narrow.ts';
import type { ConnectorDefinition, CredentialDefinition, SettingDefinition } from '../../definition/connector.ts';
import { inboundPaths } from '../inbound-description.ts';
import { problemAnswer } from '../problem.ts';
import type { Route } from '../route.ts';
import { connector, connectors } from '../schemas/connector.ts';
import { connectorKey } from '../schemas/instance.ts';
import { record } from '../schemas/json-schema.ts';

interface Key {
  readonly key: string;
}

export const connectorParams = record('ConnectorKey', 'Which connector.', { key: connectorKey });

const list: Route = {
  operationId: 'listConnectors',
  tag: 'connectors',
  summary: 'List connectors',
  description: 'All connectors that this server has loaded.',
  method: 'GET',
  path: '/v1/connectors',
  secured: true,
  success: { status: 200, description: 'The connectors.', schema: connectors },
  problems: [],
  handle(_request, { runtime }) {
    const items = [...runtime.connectors.values()].map(connectorView);
    return { status: 200, body: { items: items.sort((a, b) => (a.key < b.key ? -1 : 1)) } };
  },
};

const read: Route<Key> = {
  operationId: 'getConnector',
  tag: 'connectors',
  summary: 'Read a connector',
  description: 'What an instance of the connector needs, and what it can watch.',
  method: 'GET',
  path: '/v1/connectors/{key}',
  secured: true,
  params: connectorParams,
  success: { status: 200, description: 'The connector.', schema: connector },
  problems: ['not-found'],
  handle({ params }, { runtime }) {
    const found = runtime.connectors.get(params.key);
    if (found === undefined) return problemAnswer('not-found', `There is no connector ${JSON.stringify(params.key)}.`);
    return { status: 200, body: connectorView(found) };
  },
};

export const connectorRoutes: readonly Route[] = [list, read];

function connectorView(connector: Connector) {
  const { key, definition, objects, anyObject } = connector;
  return {
    key,
    name: definition.name,
    description: definition.description,
    settings: mapValues(definition.settings, settingView),
    credentials: mapValues(definition.credentials, credentialView),
    auth: definition.auth.map(({ name, kind, requires }) => ({ name, kind, requires })),
    app: appView(definition),
    objects: Object.fromEntries([...objects].map(([name, object]) => [name, objectView(object, definition)])),
    webhooks: webhooksView(connector),
    anyObject: anyObject === null ? null : { pattern: anyObject.pattern.source, help: anyObject.help },
  };
}

function settingView({ told, ...setting }: SettingDefinition) {
  return { ...setting, required: setting.default === undefined, told: told !== undefined };
}

function credentialView({ description }: CredentialDefinition) {
  return { description };
}

function appView({ app }: ConnectorDefinition) {
  if (app === undefined) return null;
  return {
    settings: mapValues(app.settings ?? {}, settingView),
    credentials: mapValues(app.credentials ?? {}, credentialView),
  };
}

function objectView(object: ConnectorObject, definition: ConnectorDefinition) {
  const written = definition.objects[object.name];
  return {
    title: object.title,
    ...(written?.description !== undefined && { description: written.description }),
    resource: object.resource,
    where: queryOf(object.changes)?.where.text ?? null,
    intervalSeconds: object.changes.everySeconds,
    seesDeletes: object.seesDeletes,
    accountFields: object.describe !== null,
    fields: Object.fromEntries(
      [...object.fields.values()].map(({ name, type, filterable }) => {
        const description = written?.fields[name]?.description;
        return [name, { type, ...(description !== undefined && { description }), filterable }];
      }),
    ),
  };
}

function webhooksView({ key, definition, inbound }: Connector) {
  const descriptions = new Map((definition.inbound ?? []).map(({ name, description }) => [name, description]));
  return Object.fromEntries(
    [...inbound.values()].map(({ name, route, subscriptions }) => {
      const description = descriptions.get(name);
      const [shared, own] = inboundPaths;
      const path = (route === null ? own : shared).replace('{connector}', key).replace('{way}', name);
      return [
        name,
        {
          ...(description !== undefined && { description }),
          path,
          registers: subscriptions !== null,
          owner: subscriptions?.owner ?? null,
        },
      ];
    }),
  );
}

function mapValues<T, U>(map: Readonly<Record<string, T>>, change: (value: T) => U): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, change(value)]));
}
