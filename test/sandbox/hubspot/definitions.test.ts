import { describe, expect, test } from 'vitest';
import { dig, rowsOf } from '../sandbox-client.ts';
import { base, openHubspot } from './hubspot-client.ts';

const namesOf = (reply: Parameters<typeof rowsOf>[0]): readonly unknown[] => rowsOf(reply).map(({ name }) => name);

describe('properties', () => {
  test.each(['/crm/v3/properties', '/crm/properties/2026-03'])(
    '%s tells those of an object, custom ones too',
    async (path) => {
      const hubspot = await openHubspot();
      const reply = await hubspot.api('GET', `${path}/contacts`);
      expect(rowsOf(reply)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            name: 'email',
            type: 'string',
            fieldType: 'text',
            hubspotDefined: true,
            archived: false,
          }),
          expect.objectContaining({
            name: 'loyalty_tier',
            type: 'enumeration',
            fieldType: 'select',
            hubspotDefined: false,
          }),
          expect.objectContaining({ name: 'interests', type: 'enumeration', fieldType: 'checkbox' }),
        ]),
      );
      expect(await hubspot.api('GET', `${path}/0-1/score`)).toMatchObject({
        status: 200,
        json: { name: 'score', type: 'number' },
      });
      expect(rowsOf(await hubspot.api('GET', `${path}/contacts?archived=true`))).toEqual([]);
    },
  );

  test('of no object, or of no name, are refused', async () => {
    const hubspot = await openHubspot();
    expect(await hubspot.api('GET', '/crm/v3/properties/bicycles')).toMatchObject({
      status: 400,
      json: { category: 'VALIDATION_ERROR', message: 'Unable to infer object type from: bicycles' },
    });
    expect((await hubspot.api('GET', '/crm/v3/properties/contacts/nothing')).status).toBe(404);
  });
});

describe('schemas', () => {
  test('list the objects that the customer made, and no others', async () => {
    const hubspot = await openHubspot();
    const reply = await hubspot.api('GET', '/crm/v3/schemas');
    expect(rowsOf(reply)).toMatchObject([
      {
        name: 'bicycles',
        fullyQualifiedName: 'p62515_bicycles',
        objectTypeId: '2-3465404',
        primaryDisplayProperty: 'model',
      },
    ]);
    expect((await hubspot.api('GET', '/crm/v3/schemas/contacts')).status).toBe(404);
  });

  test.each(['2-3465404', 'p62515_bicycles', 'p_bicycles'])('the object goes by %s', async (name) => {
    const hubspot = await openHubspot();
    expect((await hubspot.api('GET', `/crm/v3/schemas/${name}`)).json).toMatchObject({
      fullyQualifiedName: 'p62515_bicycles',
    });
    const made = await hubspot.api('POST', `${base}/${name}`, { properties: { model: 'Courier', colour: 'red' } });
    expect(made).toMatchObject({
      status: 201,
      json: { properties: { model: 'Courier', hs_object_id: expect.any(String) } },
    });
    expect(dig(made.json, 'properties')).toHaveProperty('hs_createdate');
    expect(dig(made.json, 'properties')).not.toHaveProperty('createdate');
    const search = {
      filterGroups: [{ filters: [{ propertyName: 'colour', operator: 'EQ', value: 'red' }] }],
      properties: ['model'],
    };
    const found = await hubspot.api('POST', `${base}/${name}/search`, search);
    expect(rowsOf(found).map((row) => dig(row, 'properties', 'model'))).toContain('Courier');
    const wrong = await hubspot.api('POST', `${base}/${name}`, { properties: { colour: 'pink' } });
    expect(wrong.status).toBe(400);
  });

  test('and properties that a user is not shown are as if they were not', async () => {
    const hubspot = await openHubspot();
    await hubspot.call('PATCH', '/_sandbox/faults', { hidden: 'contacts.score, p62515_bicycles' });
    expect(namesOf(await hubspot.api('GET', '/crm/v3/properties/contacts'))).not.toContain('score');
    expect(rowsOf(await hubspot.api('GET', '/crm/v3/schemas'))).toEqual([]);
    expect((await hubspot.api('GET', `${base}/2-3465404`)).status).toBe(400);
    const search = { filterGroups: [{ filters: [{ propertyName: 'score', operator: 'GT', value: '1' }] }] };
    expect((await hubspot.api('POST', `${base}/contacts/search`, search)).status).toBe(400);
  });
});
