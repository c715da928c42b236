/**
 * CloudEvents structured mode: envelope and data in one JSON body
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md §3.2).
 */
import type { EventFormat } from './format.ts';

export const structured: EventFormat = {
  render: (event) => ({
    headers: { 'content-type': 'application/cloudevents+json' },
    body: Buffer.from(JSON.stringify(event)),
  }),
};
