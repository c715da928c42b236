/** Instances on the wire: as people give them, change them and are shown them. */
import type { JsonSchema } from './json-schema.ts';
import { mapOf, nullable, partialRecord, record, time } from './json-schema.ts';
import { pageOf } from './page.ts';
import { pollState } from './poll.ts';
import { diagnostic } from './problem.ts';
import { nativeWebhooks, webhook } from './webhook.ts';

export const connectorKey: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 100,
  description: 'The key of a connector.',
  examples: ['acme-crm'],
};

export const instanceId: JsonSchema = {
  type: 'string',
  minLength: 1,
  description: 'The id of an instance.',
  examples: ['ins_7f3kQ0aZ1bWx2cYd'],
};

const name: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 200,
  description: 'A name for people; it stands in every event.',
  examples: ['Acme of Jane Doe'],
};

export const tag: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 100,
  description: 'A tag of the caller’s choice.',
  examples: ['eu'],
};

const tags: JsonSchema = {
  type: 'array',
  maxItems: 100,
  uniqueItems: true,
  items: tag,
  description: 'Tags to find instances by; they stand in every event.',
  examples: [['eu', 'trial']],
};

const settingRules: JsonSchema = {
  maxLength: 10_000,
  description: 'The value of a setting.',
  examples: ['https://acme.example.com'],
};

export const settings = mapOf(
  { ...settingRules, type: ['string', 'number', 'boolean'] },
  'Settings of the connector, by name. Those that are absent have their default.',
  { maxProperties: 100, examples: [{ host: 'https://acme.example.com' }] },
);

const credentialRules: JsonSchema = {
  maxLength: 20_000,
  description: 'A secret. It is sealed at rest and never shown.',
  examples: ['an access token'],
};

const credentials = mapOf(
  { ...credentialRules, type: 'string' },
  'Secrets of the connector, by name: those that one of its ways to authenticate requires.',
  { maxProperties: 100, examples: [{ accessToken: 'an access token' }] },
);

const callbackUrl: JsonSchema = {
  type: 'string',
  minLength: 1,
  maxLength: 2_048,
  description: 'Where events go: an http or https URL.',
  examples: ['https://example.com/hooks'],
};

const callbackFormat: JsonSchema = {
  enum: ['structured', 'binary', 'batched', 'cloud-elements'],
  description: 'The shape of events: a CloudEvents content mode, or the older body of Cloud Elements.',
  examples: ['structured'],
};

export const callbackInput: JsonSchema = {
  ...record(
    'CallbackInput',
    'Where the events of an instance go; null for nowhere: then they are kept for reading.',
    {
      url: callbackUrl,
      format: { ...callbackFormat, default: 'structured' },
      secret: {
        type: 'string',
        maxLength: 200,
        description: 'Signs what is delivered: `whsec_` and base64 (Standard Webhooks). One is made when it is absent.',
        examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo='],
      },
    },
    { optional: ['format', 'secret'], examples: [{ url: 'https://example.com/hooks' }] },
  ),
  type: ['object', 'null'],
};

const objectProperties: Readonly<Record<string, JsonSchema>> = {
  enabled: {
    type: 'boolean',
    default: true,
    description:
      'Whether it is watched. With false its place in the vendor’s stream is forgotten: on again, it begins at `start`.',
    examples: [true],
  },
  where: {
    type: ['string', 'null'],
    description: 'Only records of which this is true become events; null for all.',
    examples: ["status = 'open' AND amount > 1000"],
  },
  intervalSeconds: {
    type: ['integer', 'null'],
    minimum: 1,
    maximum: 31_536_000,
    description:
      'Seconds between polls; null for the connector’s own interval, which is shorter while there are changes and longer while there are none.',
    examples: [60],
  },
  scope: {
    enum: ['match', 'track'],
    default: 'match',
    description:
      'match: only records of which the where is true are watched. track: one that leaves them is told as deleted, with the reason left-filter.',
    examples: ['track'],
  },
  keepRecords: {
    type: 'boolean',
    default: false,
    description: 'Keeps the last version of every record, so that events tell changedFields and previous.',
    examples: [true],
  },
  allowDeletes: {
    type: ['integer', 'null'],
    minimum: 0,
    description:
      'So many records may be told as deleted at once, whatever the connector’s breaker says; null leaves it to that.',
    examples: [500],
  },
  start: {
    type: 'string',
    default: 'now',
    anyOf: [{ enum: ['now', 'everything'] }, { format: 'date-time' }],
    description: 'Where its first poll starts: now, at a time, or with everything there is.',
    examples: ['everything'],
  },
  fields: {
    type: ['array', 'null'],
    maxItems: 1_000,
    uniqueItems: true,
    items: {
      type: 'string',
      minLength: 1,
      maxLength: 255,
      description: 'The vendor’s name of a field of this account.',
      examples: ['Loyalty__c'],
    },
    default: null,
    description:
      'Fields of the account that are read beside the connector’s own and those of the where; null for those that the connector reads unless told which.',
    examples: [['Loyalty__c']],
  },
};

const objectInput = partialRecord('ObjectInput', 'How an object of the connector is watched.', objectProperties, {
  examples: [{ enabled: true, where: "status = 'open'" }],
});

const objectPatch: JsonSchema = {
  ...partialRecord('ObjectPatch', 'Changes to how an object is watched; null to watch it no more.', objectProperties, {
    examples: [{ intervalSeconds: 300 }, null],
  }),
  type: ['object', 'null'],
};

export const instanceInput = record(
  'InstanceInput',
  'A new instance: one customer’s connection to one vendor.',
  {
    connector: connectorKey,
    name,
    tags,
    settings,
    credentials,
    callback: callbackInput,
    objects: mapOf(objectInput, 'The objects to watch, by name; without any nothing is polled, and no event comes.', {
      maxProperties: 500,
      examples: [{ contact: {} }],
    }),
    nativeWebhooks,
  },
  {
    optional: ['name', 'tags', 'settings', 'credentials', 'callback', 'objects', 'nativeWebhooks'],
    examples: [
      {
        connector: 'acme-crm',
        name: 'Acme of Jane Doe',
        tags: ['eu'],
        settings: { host: 'https://acme.example.com' },
        credentials: { accessToken: 'an access token' },
        callback: { url: 'https://example.com/hooks' },
        objects: { contact: { where: "status = 'open'" } },
      },
    ],
  },
);

export const instancePatch = partialRecord(
  'InstancePatch',
  'Changes to an instance. What is absent stays. Maps are merged by key; null takes a key out.',
  {
    name,
    tags: { ...tags, description: 'All tags, in place of those before.' },
    settings: mapOf(
      { ...settingRules, type: ['string', 'number', 'boolean', 'null'] },
      'Settings to change, by name.',
      {
        maxProperties: 100,
        examples: [{ host: null }],
      },
    ),
    credentials: mapOf({ ...credentialRules, type: ['string', 'null'] }, 'Secrets to change, by name.', {
      maxProperties: 100,
      examples: [{ accessToken: 'a newer access token' }],
    }),
    callback: callbackInput,
    objects: mapOf(objectPatch, 'Objects to change, by name.', { maxProperties: 500, examples: [{ contact: null }] }),
    nativeWebhooks,
  },
  { examples: [{ tags: ['eu', 'paying'], objects: { contact: { intervalSeconds: 300 }, invoice: null } }] },
);

const callback = record(
  'Callback',
  'Where the events of an instance go.',
  {
    url: callbackUrl,
    format: callbackFormat,
    disabledAt: {
      ...time,
      type: ['string', 'null'],
      description:
        'When it was disabled because it answered 410 Gone; null when it is in use. Giving a callback again enables it.',
    },
    secret: {
      type: 'string',
      description:
        'Only in the answer to the request that had it made: what signs the deliveries. It is not shown again.',
      examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo='],
    },
  },
  { optional: ['secret'] },
);

const watchedObject = record('WatchedObject', 'How an object is watched and how its polls stand.', {
  ...objectProperties,
  polls: { type: 'array', items: pollState, description: 'One per feed; none when it is not polled.' },
});

export const instance = record(
  'Instance',
  'An instance as it is shown: the names of its secrets, never their values.',
  {
    id: instanceId,
    connector: connectorKey,
    name,
    tags,
    settings,
    credentials: {
      type: 'array',
      items: { type: 'string', description: 'The name of a credential.' },
      description: 'The names of the secrets it holds.',
      examples: [['accessToken']],
    },
    callback: nullable(callback),
    objects: mapOf(watchedObject, 'The objects of the instance, by name.'),
    nativeWebhooks,
    webhooks: {
      type: 'array',
      items: webhook,
      description:
        'What is registered at the vendor for it, or is to be. Webhooks that belong to the operator’s app are with the app.',
    },
    createdAt: { ...time, description: 'When it was made.' },
    updatedAt: { ...time, description: 'When it was changed last.' },
    diagnostics: {
      type: 'array',
      items: diagnostic,
      description: 'Only in the answer to a request that made or changed it: warnings and hints.',
    },
  },
  {
    optional: ['diagnostics'],
    examples: [
      {
        id: 'ins_7f3kQ0aZ1bWx2cYd',
        connector: 'acme-crm',
        name: 'Acme of Jane Doe',
        tags: ['eu'],
        settings: { host: 'https://acme.example.com' },
        credentials: ['accessToken'],
        callback: { url: 'https://example.com/hooks', format: 'structured', disabledAt: null },
        objects: {
          contact: {
            enabled: true,
            where: "status = 'open'",
            intervalSeconds: null,
            scope: 'match',
            keepRecords: false,
            allowDeletes: null,
            start: 'now',
            fields: null,
            polls: [],
          },
        },
        nativeWebhooks: true,
        webhooks: [],
        createdAt: '2026-03-14T09:26:53.589Z',
        updatedAt: '2026-03-14T09:26:53.589Z',
      },
    ],
  },
);

export const instancePage = pageOf('InstancePage', 'Instances, in order of their ids.', instance, {
  type: ['string', 'null'],
  examples: ['ins_7f3kQ0aZ1bWx2cYd'],
});
