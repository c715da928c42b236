/** Webhooks registered at vendors, on the wire. */
import { failureCodes } from '../../diagnostic/failure.ts';
import type { JsonSchema } from './json-schema.ts';
import { nullable, record, time } from './json-schema.ts';

export const nativeWebhooks: JsonSchema = {
  type: 'boolean',
  default: true,
  description:
    'Whether the vendor’s own webhooks are registered, where its connector knows how and the server has a public URL, and taken. They come beside the polls, and in one stream with them.',
  examples: [true],
};

const failure = record('WebhookFailure', 'Why registering, renewing or removing a webhook failed last.', {
  code: { enum: Object.keys(failureCodes), description: 'The code of the failure.', examples: ['scope-missing'] },
  message: { type: 'string', description: 'What went wrong.', examples: ['The credentials do not allow this.'] },
  help: { type: ['string', 'null'], description: 'What to do about it.', examples: ['Grant the app read_orders.'] },
  at: time,
});

export const webhook = record('Webhook', 'A webhook that is registered at the vendor, or is to be.', {
  way: { type: 'string', description: 'The connector’s name of this kind of webhook.', examples: ['events'] },
  topic: {
    type: ['string', 'null'],
    description: 'What the vendor was asked for; null where one registration covers all.',
    examples: ['contact.created'],
  },
  url: {
    type: ['string', 'null'],
    description: 'What the vendor calls; null where the one without a topic says it for all.',
    examples: ['https://hooks.example.com/v1/inbound/acme-crm/events/ins_7f3kQ0aZ1bWx2cYd'],
  },
  state: {
    enum: ['registering', 'registered', 'failed', 'removing'],
    description:
      'failed: it is not registered, and is tried again. One that is registered may have a failure too: of its renewal.',
    examples: ['registered'],
  },
  since: { ...time, type: ['string', 'null'], description: 'When it was registered; null while it is not.' },
  expiresAt: {
    ...time,
    type: ['string', 'null'],
    description: 'When the vendor ends it, unless it is renewed before; null when it does not.',
  },
  failure: nullable(failure),
});
