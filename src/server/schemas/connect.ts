/** Connecting an account in a browser, on the wire. */
import { instanceId, instanceInput } from './instance.ts';
import { type JsonSchema, partialRecord, record, time } from './json-schema.ts';
import { diagnostic } from './problem.ts';

const {
  connector: _connector,
  credentials: _credentials,
  ...parts
} = instanceInput['properties'] as Readonly<Record<string, JsonSchema>>;

export const authorizeInput = partialRecord(
  'AuthorizeInput',
  'The instance that a person’s consent will make, but for the credentials, which the consent gives.',
  {
    ...parts,
    redirect: {
      type: 'string',
      format: 'uri',
      maxLength: 2_048,
      description:
        'Where the browser goes in the end; its origin must be allowed by --allow-redirect. Absent: a page here.',
      examples: ['https://app.example.com/connected'],
    },
    instanceId: {
      ...instanceId,
      description: 'An instance to connect again, because its access was revoked; what else is given changes it.',
    },
  },
  { examples: [{ name: 'Acme of Jane Doe', objects: { contact: {} }, redirect: 'https://app.example.com/connected' }] },
);

export const authorizeLink = record(
  'AuthorizeLink',
  'A link to connect an account.',
  {
    url: {
      type: 'string',
      format: 'uri',
      description: 'The page of the vendor: send the person’s browser there.',
      examples: ['https://login.example.com/authorize?client_id=1f&state=AUhX'],
    },
    expiresAt: { ...time, description: 'When the link is no longer good.' },
    instanceId: { ...instanceId, description: 'The id that the instance will have.' },
    callbackSecret: {
      type: 'string',
      description: 'What deliveries are signed with, when none was given: shown here only.',
      examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo='],
    },
    diagnostics: { type: 'array', items: diagnostic, description: 'Hints and warnings on what was given.' },
  },
  { optional: ['callbackSecret', 'diagnostics'] },
);

/** A vendor adds what it likes: what the connector does not name is not looked at. */
export const callbackQuery: JsonSchema = {
  ...partialRecord('AuthorizationAnswer', 'What the vendor’s page answers (RFC 6749 §4.1.2).', {
    state: { type: 'string', maxLength: 8_192, description: 'The state of the link.', examples: ['AUhX…'] },
    code: {
      type: 'string',
      maxLength: 8_192,
      description: 'The code to exchange.',
      examples: ['SplxlOBeZQQYbYS6WxSbIA'],
    },
    error: { type: 'string', description: 'Why access was not granted.', examples: ['access_denied'] },
  }),
  additionalProperties: { type: 'string', maxLength: 8_192, description: 'What else the vendor tells.' },
};

export const connectedPage: JsonSchema = {
  type: 'string',
  contentMediaType: 'text/html',
  description: 'For the person to read.',
  examples: ['<!DOCTYPE html>…'],
};
