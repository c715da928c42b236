/**
 * CloudEvents batched mode: a JSON array of structured events
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md §3.3).
 * The array has one element: a delivery is one event, so that each is retried, signed and ordered on its own.
 */
import type { EventFormat } from './format.ts';

export const batched: EventFormat = {
  render: (event) => ({
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: Buffer.from(JSON.stringify([event])),
  }),
};
