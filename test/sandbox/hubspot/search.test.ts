import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/sandbox/json.ts';
import { dig, type Reply, rowsOf } from '../sandbox-client.ts';
import { type HubspotClient, openHubspot, record } from './hubspot-client.ts';

/** Named by their last names: a to g. */
const contacts = {
  '1': record({ lastname: 'a', firstname: 'Mara', email: 'mara@acme.example', lifecyclestage: 'lead', num_notes: 10 }),
  '2': record(
    { lastname: 'b', firstname: 'mara', email: 'm@other.example', lifecyclestage: 'customer', num_notes: 9 },
    '2026-10-03T00:00:00.000Z',
  ),
  '3': record(
    { lastname: 'c', firstname: 'Tom Sawyer', interests: 'print;events', date_of_birth: '1980-02-29' },
    '2026-10-04T00:00:00.000Z',
    '2026-11-20T16:00:00.123Z',
  ),
  '4': record({ lastname: 'd', firstname: 'Ömer', interests: 'print', num_notes: '-2.5', hs_email_optout: true }),
  '5': record({ lastname: 'e', company: 'Acme (100%)', phone: '+1 202 555 0100' }),
  '6': record({ lastname: 'f', company: 'acme south', date_of_birth: '2001-07-01' }),
  '70': record({ lastname: 'g', hs_email_optout: false }, '2026-10-02T09:15:27.115Z', '2026-11-20T16:00:00.124Z'),
};

const open = (): Promise<HubspotClient> => openHubspot({ records: { contacts } });
const lettersOf = (reply: Reply): string =>
  rowsOf(reply)
    .map((row) => dig(row, 'properties', 'lastname'))
    .join('');

type Filter = readonly [propertyName: string, operator: string, value?: string | readonly string[], highValue?: string];

const filterOf = ([propertyName, operator, value, highValue]: Filter): JsonObject => ({
  propertyName,
  operator,
  ...(Array.isArray(value) ? { values: value } : typeof value === 'string' ? { value } : {}),
  ...(highValue === undefined ? {} : { highValue }),
});
const bodyOf = (...groups: readonly (readonly Filter[])[]): JsonObject => ({
  filterGroups: groups.map((filters) => ({ filters: filters.map(filterOf) })),
  properties: ['lastname'],
  sorts: [{ propertyName: 'lastname', direction: 'ASCENDING' }],
});

describe('what one filter finds among the contacts a to g', () => {
  const birthday = String(Date.UTC(1980, 1, 29));
  const cases: readonly (readonly [filter: Filter, found: string])[] = [
    // text compares without case; what has no value is never found by NEQ, NOT_IN, NOT_CONTAINS_TOKEN
    [['firstname', 'EQ', 'MARA'], 'ab'],
    [['firstname', 'NEQ', 'MARA'], 'cd'],
    [['firstname', 'GT', 'mara'], 'cd'],
    [['firstname', 'LTE', 'Mara'], 'ab'],
    [['firstname', 'IN', ['mara', 'ömer']], 'abd'],
    [['firstname', 'IN', ['Mara', 'Ömer']], ''],
    [['firstname', 'NOT_IN', ['mara']], 'cd'],
    [['firstname', 'NOT_IN', ['Mara']], 'abcd'],
    [['firstname', 'HAS_PROPERTY'], 'abcd'],
    [['firstname', 'NOT_HAS_PROPERTY'], 'efg'],
    // options compare with case
    [['lifecyclestage', 'EQ', 'lead'], 'a'],
    [['lifecyclestage', 'EQ', 'Lead'], ''],
    [['lifecyclestage', 'IN', ['lead', 'CUSTOMER']], 'a'],
    [['lifecyclestage', 'NEQ', 'lead'], 'b'],
    [['interests', 'EQ', 'print'], 'cd'],
    [['interests', 'IN', ['events']], 'c'],
    // numbers
    [['num_notes', 'GT', '9'], 'a'],
    [['num_notes', 'BETWEEN', '-2.5', '9'], 'bd'],
    [['num_notes', 'EQ', '10.0'], 'a'],
    [['num_notes', 'IN', ['9', '10']], 'ab'],
    [['hs_object_id', 'GT', '6'], 'g'],
    // booleans
    [['hs_email_optout', 'EQ', 'true'], 'd'],
    [['hs_email_optout', 'NEQ', 'true'], 'g'],
    // instants in milliseconds or ISO 8601
    [['lastmodifieddate', 'GTE', String(Date.parse('2026-11-20T16:00:00.123Z'))], 'cg'],
    [['lastmodifieddate', 'GT', String(Date.parse('2026-11-20T16:00:00.123Z'))], 'g'],
    [['lastmodifieddate', 'LT', '2026-11-20T16:00:00.124Z'], 'abcdef'],
    [['hs_lastmodifieddate', 'GTE', '2026-11-20T16:00:00.124Z'], 'g'],
    [['createdate', 'BETWEEN', '2026-10-03T00:00:00Z', '2026-10-04T00:00:00Z'], 'bc'],
    // days compare by midnight UTC
    [['date_of_birth', 'EQ', birthday], 'c'],
    [['date_of_birth', 'EQ', '1980-02-29'], 'c'],
    [['date_of_birth', 'GT', birthday], 'f'],
    // words
    [['email', 'CONTAINS_TOKEN', '*@acme.example'], 'a'],
    [['firstname', 'CONTAINS_TOKEN', 'sawyer'], 'c'],
    [['firstname', 'CONTAINS_TOKEN', 'saw*'], 'c'],
    [['firstname', 'CONTAINS_TOKEN', 'saw'], ''],
    [['company', 'CONTAINS_TOKEN', 'ACME'], 'ef'],
    [['company', 'NOT_CONTAINS_TOKEN', 'south'], 'e'],
  ];

  test('each as the vendor documents it', async () => {
    const hubspot = await open();
    const found: [Filter, string][] = [];
    for (const [filter] of cases) {
      const reply = await hubspot.search('contacts', bodyOf([filter]));
      found.push([filter, reply.status === 200 ? lettersOf(reply) : reply.text]);
    }
    expect(found).toEqual(cases);
  });

  test('filters of a group are ANDed, groups ORed; bare filters are one group; no filters find all', async () => {
    const hubspot = await open();
    const mara: Filter = ['firstname', 'EQ', 'mara'];
    const lead: Filter = ['lifecyclestage', 'EQ', 'lead'];
    const optedOut: Filter = ['hs_email_optout', 'EQ', 'true'];
    expect(lettersOf(await hubspot.search('contacts', bodyOf([mara, lead], [optedOut])))).toBe('ad');
    expect(
      lettersOf(await hubspot.search('contacts', { ...bodyOf(), filterGroups: null, filters: [filterOf(mara)] })),
    ).toBe('ab');
    expect(lettersOf(await hubspot.search('contacts', bodyOf()))).toBe('abcdefg');
    expect(lettersOf(await hubspot.search('contacts', { ...bodyOf(), query: 'ACME' }))).toBe('aef');
  });
});

describe('what a search is refused for', () => {
  const one: Filter = ['lastname', 'EQ', 'a'];
  const times = <T>(count: number, item: T): readonly T[] => Array.from({ length: count }, () => item);
  const cases: readonly (readonly [what: string, body: unknown, message: RegExp])[] = [
    ['6 groups', bodyOf(...times(6, [one])), /at most 5 filterGroups/],
    ['7 filters in a group', bodyOf(times(7, one)), /at most 6 filters are allowed in a filterGroup/],
    ['19 filters', bodyOf(...times(3, times(5, one)), times(4, one)), /at most 18 filters/],
    ['a body of more than 3,000 characters', bodyOf([['lastname', 'IN', times(400, 'abcdef')]]), /too long/],
    ['two sorts', { sorts: times(2, { propertyName: 'lastname' }) }, /only one sort/],
    ['an unknown sort property', { sorts: [{ propertyName: 'foo' }] }, /Cannot sort by "foo"/],
    ['an unknown direction', { sorts: [{ propertyName: 'lastname', direction: 'UP' }] }, /unknown direction/],
    ['a limit over 200', { limit: 201 }, /at most 200/],
    ['an after that is no integer', { after: 'abc' }, /after must be an integer/],
    ['a page past 10,000', { limit: 100, after: '9901' }, /limited to 10000/],
    ['an unknown property', bodyOf([['foo', 'EQ', 'a']]), /Property foo does not exist/],
    ['an unknown operator', bodyOf([['lastname', 'LIKE', 'a']]), /unknown operator/],
    [
      'a value that is a number',
      { filterGroups: [{ filters: [{ propertyName: 'num_notes', operator: 'GT', value: 5 }] }] },
      /must be a string/,
    ],
    ['IN without values', bodyOf([['lastname', 'IN', 'a']]), /requires values/],
    ['EQ without a value', bodyOf([['lastname', 'EQ']]), /requires a value/],
    ['BETWEEN without a high value', bodyOf([['num_notes', 'BETWEEN', '1']]), /requires a highValue/],
    ['HAS_PROPERTY with a value', bodyOf([['lastname', 'HAS_PROPERTY', 'a']]), /does not take a value/],
    ['a number that is none', bodyOf([['num_notes', 'GT', 'many']]), /not a valid number/],
    ['an instant that is none', bodyOf([['createdate', 'GT', 'yesterday']]), /not a valid datetime/],
    ['broken JSON', '{"filterGroups":[', /Invalid input JSON/],
    ['a list', '[]', /not a JSON object/],
  ];

  test('each with a validation error', async () => {
    const hubspot = await open();
    for (const [what, body, message] of cases) {
      const { status, json } = await hubspot.search('contacts', body);
      expect({ what, status, json }).toMatchObject({
        what,
        status: 400,
        json: {
          status: 'error',
          category: 'VALIDATION_ERROR',
          message: expect.stringMatching(message),
          correlationId: expect.any(String),
        },
      });
    }
  });

  test('the limits themselves are allowed', async () => {
    const hubspot = await open();
    expect((await hubspot.search('contacts', bodyOf(...times(3, times(6, one))))).status).toBe(200);
    expect((await hubspot.search('contacts', bodyOf(...times(5, times(3, one))))).status).toBe(200);
    expect((await hubspot.search('contacts', { limit: 200, after: '9800' })).status).toBe(200);
  });
});

describe('pages and order', () => {
  test('ten at a time from the oldest, led on by an integer offset, with the true total', async () => {
    const hubspot = await openHubspot();
    const first = await hubspot.search('companies', { after: '0' });
    expect(first.json).toMatchObject({ total: 25, paging: { next: { after: '10' } } });
    const last = await hubspot.search('companies', { after: '20' });
    expect(rowsOf(last)).toHaveLength(5);
    expect(last.json).not.toHaveProperty('paging');
    const ids = rowsOf(first).map((row) => Number(row.id));
    expect(ids.toSorted((one, other) => one - other)).toEqual(ids);
  });

  test('more than 10,000 records of one mass update share a timestamp and can be walked by id only', async () => {
    const hubspot = await openHubspot({ faults: { equalTimestamps: true } });
    await hubspot.call('POST', '/_sandbox/edit', { object: 'deals', action: 'create', count: 10_500 });
    const stamp: Filter = ['hs_lastmodifieddate', 'GTE', '2026-11-20T16:04:51.870Z'];
    const page = await hubspot.search('deals', { ...bodyOf([stamp]), sorts: [], limit: 200, after: '9800' });
    expect(page.json).toMatchObject({ total: 10_500, paging: { next: { after: '10000' } } });
    expect((await hubspot.search('deals', { ...bodyOf([stamp]), sorts: [], limit: 200, after: '10000' })).status).toBe(
      400,
    );
    let walked = 0;
    for (let lastId = '0'; ; ) {
      const body = {
        ...bodyOf([stamp, ['hs_object_id', 'GT', lastId]]),
        sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
        limit: 200,
      };
      const rows = rowsOf(await hubspot.search('deals', body));
      if (rows.length === 0) break;
      walked += rows.length;
      lastId = String(rows.at(-1)?.id);
    }
    expect(walked).toBe(10_500);
  });

  test('descending, and records without a value last', async () => {
    const hubspot = await open();
    const sorted = async (propertyName: string, direction: string): Promise<string> =>
      lettersOf(await hubspot.search('contacts', { ...bodyOf(), sorts: [{ propertyName, direction }] }));
    expect(await sorted('num_notes', 'DESCENDING')).toBe('abdcefg');
    expect(await sorted('num_notes', 'ASCENDING')).toBe('dbacefg');
    expect(await sorted('hs_object_id', 'DESCENDING')).toBe('gfedcba');
  });

  test('a write is found only when the index has it; reads see it at once; archived records are never found', async () => {
    const hubspot = await openHubspot({ records: { contacts }, faults: { indexLagMs: 30_000 } });
    const path = '/crm/v3/objects/contacts/1';
    await hubspot.api('PATCH', path, { properties: { firstname: 'New' } });
    await hubspot.api('DELETE', '/crm/v3/objects/contacts/2');
    const found = async (name: string): Promise<string> =>
      lettersOf(await hubspot.search('contacts', bodyOf([['firstname', 'EQ', name]])));
    expect([await found('new'), await found('mara')]).toEqual(['', 'ab']);
    expect(dig((await hubspot.api('GET', path)).json, 'properties', 'firstname')).toBe('New');
    await hubspot.call('POST', '/_sandbox/clock', { advanceMs: 30_000 });
    expect([await found('new'), await found('mara')]).toEqual(['a', '']);
  });
});
