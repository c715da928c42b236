/**
 * The longest requests: of an account with more fields than can be asked for, under wheres of any length. What a vendor
 * refuses for its length, it would refuse at each poll.
 */
import { expect, test } from 'vitest';
import { bindQuery } from '../../src/change/query.ts';
import { describedObject, withObjects } from '../../src/connector/described.ts';
import { readDescription } from '../../src/connector/description.ts';
import { checkInstance } from '../../src/connector/instance.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { narrowDetection, queryOf } from '../../src/connector/narrow.ts';
import { requestUrl } from '../../src/http/request-url.ts';

const { connectors } = await loadConnectors();
const wheres = (field: string): readonly string[] =>
  [1, 10, 18, 20, 22, 24, 26, 28, 30, 90, 100, 105, 110, 115, 120, 130, 200, 400].map((count) => {
    const values = Array.from({ length: count }, (_, index) => `'someone-${index}@lindcycles.example'`);
    return `${field} IN (${values.join(', ')})`;
  });

/** Fields as the vendor describes them, in its own words. */
const describedBy: Readonly<Record<string, (name: string) => object>> = {
  salesforce: (name) => ({ fields: numbered(`${name}__c`, { type: 'string', custom: true, filterable: true }) }),
  hubspot: (name) => ({ results: numbered(name, { type: 'string', fieldType: 'text', hubspotDefined: false }) }),
};
const numbered = (name: string, more: object) =>
  Array.from({ length: 700 }, (_, index) => ({ ...more, name: name.replace('0', String(index)) }));

/** The lengths of URL and body of the requests of a poll of contacts. */
async function lengthsOf(key: string, fieldName: string, where: string) {
  const plain = connectors.get(key);
  const describe = plain?.objects.get('contact')?.describe;
  const answer = describedBy[key]?.(fieldName);
  if (!plain || !describe || answer === undefined) throw new Error(`${key} is not described`);
  const known = plain.objects.get('contact')?.fields.values() ?? [];
  const own = Object.values(answer)[0] as object[];
  own.push(...[...known].map(({ name }) => ({ ...own[0], name, hubspotDefined: true, custom: false })));
  const { object } = describedObject(plain, 'contact', await readDescription(describe, answer), {
    fields: null,
    where,
  });
  if (object === null) throw new Error('no object');
  const connector = withObjects(plain, [object]);
  const { detection } = narrowDetection(connector, 'contact', 'changes', where);
  const query = detection && queryOf(detection);
  if (!detection || !query || detection.strategy !== 'watermark') throw new Error('no query');
  const { settings } = checkInstance(connector, {});
  const instance = { id: 'i', name: 'i', tags: [] };
  const source = { connector, object, feed: 'changes' as const, detection, instance, settings };
  const window = { sinceMs: Date.parse('2026-11-20T12:00:00.123Z'), untilMs: Date.parse('2026-11-20T13:00:00.456Z') };
  const plans = [
    { request: detection.request, query, after: undefined },
    ...(detection.walk === null ? [] : [{ ...detection.walk, after: '9007199254740991' }]),
  ];
  return plans.flatMap(({ request, query: asked, after }) => {
    const options = { nowMs: window.untilMs, ...(after !== undefined && { after }) };
    const { requests } = bindQuery({ request, query: asked, pushdown: true }, window, source, options);
    return requests.map((one) => ({
      url: requestUrl('https://an-org-with-a-long-name--sandbox.sandbox.my.salesforce.com', one).href.length,
      body: JSON.stringify(one.body ?? '').length,
    }));
  });
}

/** Beside the URL: the token, which may have 2,000 characters, and what else a client says of itself. */
const headersLength = 2_000;

test.each([
  {
    key: 'salesforce',
    names: ['C0', 'A_field_with_a_rather_long_name_0'],
    email: 'Email',
    url: 16_384 - headersLength,
    body: 2,
  },
  // The vendor refuses a search of more than 3,000 characters; the next pages bring their number.
  {
    key: 'hubspot',
    names: ['c0', 'a_property_with_a_rather_long_name_0'],
    email: 'email',
    url: 2_000,
    body: 3_000 - '"after":"10000",'.length,
  },
])('$key is asked for no more than it takes', async ({ key, names, email, url, body }) => {
  for (const name of names) {
    for (const where of wheres(email)) {
      for (const length of await lengthsOf(key, name, where)) {
        expect.soft(length.url, `${name} ${where.length}`).toBeLessThanOrEqual(url);
        expect.soft(length.body, `${name} ${where.length}`).toBeLessThanOrEqual(body);
      }
    }
  }
});
