/**
 * CloudEvents binary mode: attributes in `ce-` headers, data alone in the body
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md §3.1).
 */
import type { EventFormat } from './format.ts';

export const binary: EventFormat = {
  render: ({ data, datacontenttype, ...attributes }) => ({
    headers: {
      'content-type': datacontenttype,
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`ce-${name}`, encodeHeader(value)])),
    },
    body: Buffer.from(JSON.stringify(data)),
  }),
};

/** §3.1.3.2: all but printable ASCII, and space, double quote and percent, become the %XX of their UTF-8 bytes. */
function encodeHeader(value: string): string {
  return value.replace(/[^!#$&-~]+/g, (run) =>
    Array.from(Buffer.from(run), (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
