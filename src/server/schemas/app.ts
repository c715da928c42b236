/** The operator's own apps on the wire. */
import { connectorKey } from './instance.ts';
import { record } from './json-schema.ts';
import { webhook } from './webhook.ts';

const problem = record('AppProblem', 'What keeps the webhooks of an app from being registered.', {
  message: { type: 'string', description: 'What is wrong.', examples: ['The setting "appId" is missing.'] },
  help: { type: ['string', 'null'], description: 'What to do about it.', examples: ['Id of the app.'] },
});

const app = record('App', 'One of the operator’s own apps at vendors.', {
  connector: connectorKey,
  given: {
    type: 'array',
    items: { type: 'string', description: 'The name of a setting or credential.' },
    description:
      'What the configuration gives it, by name; nothing when it has left the configuration and webhooks are still to be removed.',
    examples: [['appId', 'clientId', 'clientSecret', 'developerKey']],
  },
  registers: {
    type: 'boolean',
    description: 'Whether webhooks of its accounts belong to the app, and are registered by it.',
    examples: [true],
  },
  problems: { type: 'array', items: problem, description: 'What keeps them from being registered.' },
  webhooks: {
    type: 'array',
    items: webhook,
    description: 'What is registered at the vendor for all its accounts, or is to be.',
  },
});

export const apps = record('Apps', 'The operator’s own apps, in order of their connectors.', {
  items: { type: 'array', items: app, description: 'The apps.' },
});
