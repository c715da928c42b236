/** What a vendor tells of an object, and the object that it makes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { objectNamed } from '../../src/connector/any-object.ts';
import { describedObject } from '../../src/connector/described.ts';
import { readDescription } from '../../src/connector/description.ts';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { renderRequest } from '../../src/connector/render-request.ts';
import { Failure } from '../../src/diagnostic/failure.ts';
import { acmeOfAll } from './acme-of-all.ts';

const { connector } = linkConnector(acmeOfAll(), createLinkContext((await loadDialects()).dialects));
if (connector === null) throw new Error('acme does not link');
const own = connector;

const column = (name: string, type = 'text', more: object = {}) => ({ name, type, ...more });
const declared = ['Id', 'Email', 'Updated', 'Created'].map((name) => column(name));
const score = column('Score', 'real');

function read(object: string, answer: unknown) {
  const asked = objectNamed(own, object)?.describe;
  if (!asked) throw new Error('it is not described');
  return readDescription(asked, answer);
}

describe('an answer', () => {
  it('tells the fields of known types, and what else is to be known', async () => {
    const columns = [
      column('Tier', 'text', { custom: true }),
      column('Size', 'real', { column: 'size', filterable: false }),
      column('Shape', 'geometry'),
      column('Nameless', 'text', { name: null }),
    ];
    expect(await read('t_bike', { columns, set: 'bikes' })).toEqual({
      values: { set: 'bikes' },
      fields: {
        Tier: { type: 'text', isAsked: true },
        Size: { type: 'number', path: 'columns.size', filterable: false, isAsked: true },
      },
    });
    const { fields } = await read('contact', { columns, set: 'contacts' });
    expect(fields).toMatchObject({ Tier: { isAsked: true }, Size: { isAsked: false } });
  });

  it.each([
    null,
    [],
    'x',
    {},
    { columns: {} },
    { columns: [] },
    { columns: [], set: 7 },
    { columns: [], set: "a'b" },
    { columns: [], set: '..' },
    { columns: [], set: '' },
  ])('that is none is said to be unreadable: %j', async (answer) => {
    await expect(read('t_bike', answer)).rejects.toMatchObject({ code: 'vendor-answer-unreadable', retryable: true });
  });

  it.each([
    'a b',
    "a' OR 1=1 --",
    'a,b',
    '',
    '1a',
    'a.b',
    '{where}',
    'a\n',
    'ä',
    '(SELECT Id FROM Users)',
    'x'.repeat(256),
  ])('passes over a field that could be more than a name: %j', async (name) => {
    expect((await read('contact', { columns: [column(name)], set: 'x' })).fields).toBeNull();
  });

  it('of any kind gives fields that are names, or a failure', async () => {
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.record({ name: fc.jsonValue(), type: fc.constantFrom('text', 'real', 1, null) }),
    );
    const answer = fc.record({
      columns: fc.oneof(fc.array(entry), fc.jsonValue()),
      set: fc.oneof(fc.constant('s'), fc.jsonValue()),
    });
    await fc.assert(
      fc.asyncProperty(answer, async (given) => {
        const told = await read('contact', given).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Failure);
          return null;
        });
        for (const name of Object.keys(told?.fields ?? {})) expect(name).toMatch(/^[A-Za-z_]\w*$/);
      }),
    );
  });
});

describe('the object of an account', () => {
  const make = async (
    columns: readonly object[],
    wishes: { fields?: readonly string[]; where?: string } = {},
    object = 'contact',
  ) => {
    const description = await read(object, { columns, set: 'bikes' });
    return describedObject(own, object, description, { fields: wishes.fields ?? null, where: wishes.where ?? null });
  };
  const tier = column('Tier', 'text', { custom: true });
  const size = column('Size', 'real');

  it('asks for what is declared, and for what is asked for unnamed', async () => {
    const { object, diagnostics } = await make([...declared, score, tier, size]);
    expect(diagnostics).toEqual([]);
    expect(object?.changes.request.fields).toEqual(['Id', 'Email', 'Score', 'Updated', 'Created', 'Tier']);
    expect([...(object?.fields.keys() ?? [])]).toEqual(expect.arrayContaining(['Note', 'Tier', 'Size']));
    expect(object?.isDescribed).toBe(true);
  });

  it('keeps what is declared of a field, whatever the vendor says', async () => {
    const { object } = await make([...declared, column('Score', 'text')]);
    expect(object?.fields.get('Score')?.type).toBe('number');
    expect(object?.fields.get('Email')?.path).toEqual(['mail', 'main']);
  });

  it('asks for the fields that are named, and those of the where', async () => {
    const { object } = await make([...declared, score, tier, size], {
      fields: [],
      where: 'NOT (Size > 1 OR Score = 1)',
    });
    expect(object?.changes.request.fields).toEqual(['Id', 'Email', 'Score', 'Updated', 'Created', 'Size']);
  });

  it('says which declared fields the account does not show; without those that it needs there is none', async () => {
    const lacking = await make(declared);
    expect(lacking.object?.changes.request.fields).toEqual(['Id', 'Email', 'Updated', 'Created']);
    expect(lacking.diagnostics).toMatchObject([
      { code: 'field-unknown', severity: 'warning', pointer: '/objects/contact' },
    ]);
    const unusable = await make([column('Id'), column('Email'), score, column('Created')]);
    expect(unusable).toMatchObject({ object: null, diagnostics: [{ code: 'field-unknown', severity: 'error' }] });
    expect(unusable.diagnostics[0]?.message).toContain('Updated');
  });

  it('asks for no more than there is room for: a warning for what nobody named, an error for what somebody did', async () => {
    const many = Array.from({ length: 5 }, (_, index) => column(`Custom_${index}_of_many`, 'text', { custom: true }));
    const { object, diagnostics } = await make([...declared, score, ...many]);
    expect(object?.changes.request.fields.join().length).toBeLessThanOrEqual(60);
    expect(diagnostics).toMatchObject([{ code: 'field-surplus', severity: 'warning' }]);
    const named = await make([...declared, score, ...many], { where: "Custom_4_of_many = 'x'" });
    expect(named.object?.changes.request.fields).toContain('Custom_4_of_many');
    const tooMany = await make([...declared, score, ...many], { fields: many.map(({ name }) => name) });
    expect(tooMany.diagnostics).toMatchObject([{ code: 'field-surplus', severity: 'error' }]);
  });

  it('of any object has the values of this one in its requests', async () => {
    const { object, diagnostics } = await make([column('id'), column('t_bike_at', 'at'), size], {}, 't_bike');
    expect(diagnostics).toEqual([]);
    const request =
      object && renderRequest(object.changes.request, { settings: {}, native: { kind: 'text', text: 'x' } });
    expect(request).toMatchObject({ path: '/bikes' });
    expect(request?.query).toContainEqual(['q', 'SELECT id,t_bike_at,Size FROM bikes WHERE x']);
  });

  it('is as it is declared where the vendor does not tell', () => {
    const untold = { values: {}, fields: null };
    const { object, diagnostics } = describedObject(own, 'contact', untold, { fields: null, where: null });
    expect(diagnostics).toEqual([]);
    expect(object?.changes.request.fields).toEqual(own.objects.get('contact')?.changes.request.fields);
    const named = describedObject(own, 'contact', untold, { fields: ['Tier'], where: null });
    expect(named.diagnostics).toMatchObject([{ code: 'field-unknown', severity: 'error' }]);
  });
});
