/** Connectors on the wire: what a person must know to make an instance of one. */
import { connectorKey } from './instance.ts';
import type { JsonSchema } from './json-schema.ts';
import { mapOf, nullable, record } from './json-schema.ts';

const text = (description: string, example: string): JsonSchema => ({
  type: 'string',
  description,
  examples: [example],
});

const names = (description: string, example: readonly string[]): JsonSchema => ({
  type: 'array',
  items: { type: 'string', description: 'A name.' },
  description,
  examples: [example],
});

const scalar: JsonSchema = { type: ['string', 'number', 'boolean'] };

const setting = record(
  'Setting',
  'One setting of an instance, or of the operator’s app.',
  {
    type: { enum: ['text', 'url', 'number', 'boolean'], description: 'What the value must be.', examples: ['url'] },
    description: text('What it is and where a person finds it.', 'The address of the account.'),
    required: { type: 'boolean', description: 'Whether an instance must set it: it has no default.', examples: [true] },
    told: {
      type: 'boolean',
      description: 'Whether the vendor says it where an instance leaves it at its default.',
      examples: [false],
    },
    default: { ...scalar, description: 'Used when the instance sets nothing.', examples: ['v3'] },
    pattern: text('A regular expression that the text must match as a whole.', 'v[0-9]+'),
    example: { ...scalar, description: 'A value that would work.', examples: ['https://acme.example.com'] },
  },
  { optional: ['default', 'pattern', 'example'] },
);

const credential = record('Credential', 'One secret of an instance, or of the operator’s app.', {
  description: text('What it is and where a person finds it.', 'The token of a private app.'),
});

const authMethod = record('AuthMethod', 'One way to authenticate.', {
  name: text('Its name in messages.', 'Access token'),
  kind: { enum: ['header', 'query', 'basic', 'token'], description: 'How it works.', examples: ['header'] },
  requires: names('The credentials that it needs.', ['accessToken']),
});

const field = record(
  'Field',
  'One field of an object, as a where may name it.',
  {
    type: {
      enum: ['text', 'enum', 'id', 'number', 'boolean', 'timestamp', 'date'],
      description: 'Its type in a where.',
      examples: ['timestamp'],
    },
    description: text('What it holds.', 'When the record changed last.'),
    filterable: {
      type: 'boolean',
      description: 'False when the vendor refuses a filter on it: then it is evaluated here.',
      examples: [true],
    },
  },
  { optional: ['description'] },
);

const connectorObject = record(
  'ConnectorObject',
  'One kind of record of a connector.',
  {
    title: text('Its name for people.', 'Contact'),
    description: text('What it is, and what its polling misses.', 'People of the address book.'),
    resource: text('The common resource that records are mapped to.', 'contact'),
    where: nullable(
      text(
        'What makes a record a changed one, with :since and :until; null where the vendor is asked for all that is new.',
        'updatedAt >= :since AND updatedAt < :until',
      ),
    ),
    intervalSeconds: {
      type: 'integer',
      description: 'Seconds between polls, unless the instance says otherwise.',
      examples: [60],
    },
    seesDeletes: { type: 'boolean', description: 'Whether deleted records become events.', examples: [true] },
    accountFields: {
      type: 'boolean',
      description: 'Whether an instance may name other fields that its account has: the vendor is asked for them.',
      examples: [true],
    },
    fields: mapOf(field, 'The fields that a where may name, by name.'),
  },
  { optional: ['description'] },
);

const webhookWay = record(
  'WebhookWay',
  'One kind of webhook that the vendor sends by itself.',
  {
    description: text('What to set up at the vendor, and what it does not tell.', 'Webhooks of an app.'),
    path: text(
      'What the vendor is to call, after the public URL: one for all instances, which its events tell apart, or one of each.',
      '/v1/inbound/acme-crm/events/{instanceId}',
    ),
    registers: {
      type: 'boolean',
      description: 'Whether it can be registered at the vendor from here.',
      examples: [true],
    },
    owner: {
      enum: ['account', 'app', null],
      description:
        'Who registers it: each instance for its account, or the operator’s app once for all its accounts. null where nobody does.',
      examples: ['account'],
    },
  },
  { optional: ['description'] },
);

export const connector = record(
  'Connector',
  'What an instance of a vendor needs, and what it can watch.',
  {
    key: connectorKey,
    name: text('The vendor’s product name.', 'Acme CRM'),
    description: text('What the connector covers.', 'Contacts of Acme CRM.'),
    settings: mapOf(setting, 'What an instance may set, by name.'),
    credentials: mapOf(credential, 'The secrets that an instance may hold, by name.'),
    auth: {
      type: 'array',
      items: authMethod,
      description: 'Ways to authenticate: the first whose credentials are there is used.',
    },
    app: nullable(
      record(
        'ConnectorApp',
        'What the operator’s app needs, beside what an instance has; null where it needs nothing.',
        {
          settings: mapOf(setting, 'Settings of the app, by name.'),
          credentials: mapOf(credential, 'Secrets of the app, by name.'),
        },
      ),
    ),
    objects: mapOf(connectorObject, 'The kinds of record that can be watched, by name.'),
    webhooks: mapOf(webhookWay, 'The vendor’s own webhooks that are understood, by name.'),
    anyObject: nullable(
      record('AnyObject', 'Objects that only an account knows, by the vendor’s name; null where there is no way.', {
        pattern: {
          type: 'string',
          description: 'A regular expression of whole names.',
          examples: ['^(?:[A-Za-z]\\w{0,79}__c)$'],
        },
        help: { type: 'string', description: 'What such a name is.', examples: ['any object by its API name'] },
      }),
    ),
  },
  {
    examples: [
      {
        key: 'acme-crm',
        name: 'Acme CRM',
        description: 'Contacts of Acme CRM.',
        settings: { host: { type: 'url', description: 'The address of the account.', required: true, told: false } },
        credentials: { accessToken: { description: 'The token of a private app.' } },
        auth: [{ name: 'Access token', kind: 'header', requires: ['accessToken'] }],
        objects: {
          contact: {
            title: 'Contact',
            resource: 'contact',
            where: 'updatedAt >= :since AND updatedAt < :until',
            intervalSeconds: 60,
            seesDeletes: false,
            accountFields: false,
            fields: { updatedAt: { type: 'timestamp', filterable: true } },
          },
        },
        app: null,
        webhooks: { events: { path: '/v1/inbound/acme-crm/events/{instanceId}', registers: true, owner: 'account' } },
        anyObject: null,
      },
    ],
  },
);

export const connectors = record('Connectors', 'All connectors, in order of their keys.', {
  items: { type: 'array', items: connector, description: 'The connectors.' },
});
