/** Objects and fields that only an account knows, through real sockets to the vendors' sandboxes. */
import { afterEach, describe, expect, it } from 'vitest';
import { type AccountBench, openBench } from './account-bench.ts';

let bench: AccountBench;
afterEach(() => bench.close());

const hourMs = 3_600_000;

interface Made {
  readonly id: string;
  readonly diagnostics: readonly { readonly code: string; readonly message: string }[];
}

async function create(objects: Parameters<AccountBench['create']>[0]['objects']): Promise<Made> {
  const outcome = await bench.create({ ...(objects !== undefined && { objects }) });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return { id: outcome.value.id, diagnostics: outcome.diagnostics };
}

async function refusal(objects: Parameters<AccountBench['create']>[0]['objects']) {
  const outcome = await bench.create({ ...(objects !== undefined && { objects }) });
  return outcome.ok ? [] : outcome.diagnostics.map(({ code, message, help = '' }) => ({ code, message, help }));
}

/** Polls, and holds that no feed failed. */
async function poll(id: string, object: string): Promise<void> {
  for (const { failure } of await bench.poll(id, object)) expect(failure).toBeNull();
}

async function explained(instanceId: string, object: string, connector: string): Promise<string> {
  const outcome = await bench
    .runtime()
    .explain({ connector, object, instanceId, parameters: { since: '2026-01-01T00:00:00Z' } });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return JSON.stringify({
    ...outcome.value,
    request: decodeURIComponent(outcome.value.request.url.replaceAll('+', ' ')),
  });
}

interface VendorCase {
  readonly vendor: string;
  /** A part of the URL by which it is asked what objects are like. */
  readonly asked: string;
  /** The object by the vendor's name, as an instance names it and as the sandbox does. */
  readonly object: string;
  readonly stored: string;
  readonly first: object;
  readonly second: object;
  /** What the record must tell after the second. */
  readonly fields: object;
}

const cases: readonly VendorCase[] = [
  {
    vendor: 'salesforce',
    asked: '/describe',
    object: 'Invoice__c',
    stored: 'Invoice__c',
    first: { Name: 'INV-1', Total__c: 12.5, Status__c: 'Draft' },
    second: { Total__c: 99 },
    fields: { Name: 'INV-1', Total__c: 99, Status__c: 'Draft', Paid__c: false },
  },
  {
    vendor: 'hubspot',
    asked: '/properties/',
    object: '2-3465404',
    stored: 'p62515_bicycles',
    first: { properties: { model: 'Courier', weight: '12.5', colour: 'red', hubspot_owner_id: '101' } },
    second: { properties: { weight: '11' } },
    fields: { model: 'Courier', weight: '11', colour: 'red', sold_on: null, hubspot_owner_id: '101' },
  },
  {
    vendor: 'dynamics',
    asked: '/EntityDefinitions',
    object: 'new_bicycle',
    stored: 'new_bicycle',
    first: { new_name: 'Courier', new_weight: 12.5, new_gears: 3 },
    second: { new_weight: 11 },
    fields: { new_name: 'Courier', new_weight: 11, new_gears: 3, new_iselectric: false, statecode: 0 },
  },
];

describe.each(cases)('any object of $vendor', ({ vendor, asked, object, stored, first, second, fields }) => {
  it('is watched by its name: created, updated, deleted; also after a restart without asking again', async () => {
    bench = await openBench(vendor);
    const { id } = await create({ [object]: {} });
    await poll(id, object);
    const record = await bench.put(stored, first);
    await poll(id, object);
    await bench.faults({ path: asked, errorRate: 1 });
    await bench.restart();
    await bench.put(stored, second, record);
    await poll(id, object);
    await bench.remove(stored, record);
    await poll(id, object);
    const events = await bench.events(id);
    expect(events.map(({ type, subject }) => [type, subject])).toEqual([
      [`${object}.created`, record],
      [`${object}.updated`, record],
      [`${object}.deleted`, record],
    ]);
    expect(events[1]?.data.record).toMatchObject({ id: record, fields });
  });

  it('that the account does not have is told when the instance is made', async () => {
    bench = await openBench(vendor);
    await bench.faults({ hidden: stored });
    const [first, ...others] = await refusal({ [object]: {} });
    expect(others).toEqual([]);
    expect(first).toMatchObject({
      code: 'object-unknown',
      message: `The account has no object "${object}", or does not show it.`,
    });
    expect(first?.help).not.toBe('');
  });
});

describe('names', () => {
  it.each([
    "Invoice__c' OR Name != '",
    'Invoice__c WHERE Id != null',
    'Contact/describe',
    '../sobjects/Contact',
    '..',
    'Invoice__c%27',
    '{settings.loginUrl}',
    '__proto__',
    'constructor',
    '',
    'A'.repeat(300),
    'Invoice__c\n',
    'Ínvoice__c',
  ])('that could be more than a name are none: %j', async (name) => {
    bench = await openBench('salesforce');
    const refused = await refusal(Object.fromEntries([[name, {}]]));
    expect(refused.map(({ code }) => code)).toEqual(['object-unknown']);
  });
});

describe('fields of the account', () => {
  it('stand in a where, which the vendor evaluates, and in native; the custom ones unasked', async () => {
    bench = await openBench('salesforce');
    const where = "Loyalty_Tier__c = 'Gold' AND Score__c > 5";
    const { id } = await create({ contact: { where } });
    expect(await explained(id, 'contact', 'salesforce')).toContain(
      "AND Loyalty_Tier__c = 'Gold' AND Score__c > 5 ORDER BY",
    );
    await poll(id, 'contact');
    const gold = await bench.put('Contact', { LastName: 'Lind', Loyalty_Tier__c: 'Gold', Score__c: 6 });
    await bench.put('Contact', { LastName: 'Berg', Loyalty_Tier__c: 'Silver', Score__c: 6 });
    await poll(id, 'contact');
    const events = await bench.events(id);
    expect(events.map(({ subject }) => subject)).toEqual([gold]);
    expect(events[0]?.data.native).toMatchObject({ Loyalty_Tier__c: 'Gold', Score__c: 6, Interests__c: null });
    expect(events[0]?.data.native).not.toHaveProperty('Birthdate');
  });

  it('are asked for as an instance says', async () => {
    bench = await openBench('salesforce');
    const { id } = await create({ contact: { fields: ['Birthdate'], where: 'Score__c > 5' } });
    await poll(id, 'contact');
    await bench.put('Contact', { LastName: 'Lind', Score__c: 6, Birthdate: '1980-02-03' });
    await poll(id, 'contact');
    const [event] = await bench.events(id);
    expect(event?.data.native).toMatchObject({ Score__c: 6, Birthdate: '1980-02-03' });
    expect(event?.data.native).not.toHaveProperty('Interests__c');
  });

  it('that are not there are told, with the nearest', async () => {
    bench = await openBench('salesforce');
    expect(await refusal({ contact: { where: "Loyalty_Teir__c = 'Gold'", fields: ['Scores__c'] } })).toEqual([
      expect.objectContaining({ code: 'where-unknown-field', help: expect.stringContaining('Loyalty_Tier__c') }),
      { code: 'field-unknown', message: 'contact has no field "Scores__c".', help: 'Did you mean "Score__c"?' },
    ]);
    expect(
      (await refusal({ contact: { where: "CreatedDate > 'x' AND Nothing__c = 1" } })).map(({ code }) => code),
    ).toEqual(['where-wrong-type']);
    expect((await refusal({ contact: { where: "Score__c = 'x'" } })).map(({ code }) => code)).toEqual([
      'where-wrong-type',
    ]);
  });

  it('that are declared and hidden from the user leave the rest at work, and are told', async () => {
    bench = await openBench('salesforce');
    await bench.faults({ hidden: 'Contact.Phone' });
    const { id, diagnostics } = await create({ contact: { where: 'Score__c > 5' } });
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      ['field-unknown', 'The account does not show of contact: Phone. Records lack it.'],
    ]);
    await poll(id, 'contact');
    await bench.put('Contact', { LastName: 'Lind', Score__c: 6 });
    await poll(id, 'contact');
    expect(await bench.events(id)).toHaveLength(1);
    await bench.faults({ hidden: 'Contact.SystemModstamp' });
    expect(await refusal({ contact: { where: 'Score__c > 5' } })).toContainEqual({
      code: 'field-unknown',
      message: 'The account does not show of contact: SystemModstamp.',
      help: 'Let the user of this connection read it, where the account has it.',
    });
  });

  it('that a where needs and are removed later: the poll fails until they are back', async () => {
    bench = await openBench('salesforce');
    const { id } = await create({ contact: { where: 'Score__c > 5' } });
    await poll(id, 'contact');
    await bench.faults({ hidden: 'Contact.Score__c' });
    await bench.poll(id, 'contact');
    for (const { failure } of await bench.poll(id, 'contact')) {
      expect(failure).toMatchObject({
        code: 'field-missing',
        message: expect.stringContaining('Score__c'),
        help: expect.stringContaining('read the field again, or take it out of the where'),
      });
    }
    const told = (await bench.notices(id)).map(({ type, data }) => [type, data.object, data.feed]);
    expect(told).toEqual([['poller.stalled', 'contact', null]]);
    await bench.faults({ hidden: '' });
    await bench.put('Contact', { LastName: 'Lind', Score__c: 6 });
    await poll(id, 'contact');
    expect(await bench.events(id)).toHaveLength(1);
  });

  it('that are added later are there after a day', async () => {
    bench = await openBench('salesforce');
    await bench.faults({ hidden: 'Contact.Score__c' });
    const { id } = await create({ contact: {} });
    await poll(id, 'contact');
    await bench.faults({ hidden: '' });
    await bench.put('Contact', { LastName: 'Lind', Score__c: 6 });
    await poll(id, 'contact');
    await bench.poll(id, 'contact', 30 * hourMs);
    await bench.put('Contact', { LastName: 'Berg', Score__c: 7 });
    await poll(id, 'contact');
    // What lies in the overlap is told once more, with the field that is new.
    const events = (await bench.events(id)).map(({ data }) => [
      data.change,
      (data.native as { Score__c?: number }).Score__c,
    ]);
    expect(events).toEqual([
      ['created', undefined],
      ['updated', 6],
      ['created', 7],
    ]);
  });

  it('are not needed to poll what is declared, when the vendor is in trouble after it told them once', async () => {
    bench = await openBench('salesforce');
    const { id } = await create({ contact: {} });
    await poll(id, 'contact');
    await bench.faults({ path: '/describe', errorRate: 1 });
    await bench.poll(id, 'contact', 30 * hourMs);
    await bench.put('Contact', { LastName: 'Lind' });
    await poll(id, 'contact');
    expect(await bench.events(id)).toHaveLength(1);
  });

  it('cannot be judged while the vendor does not tell: the instance is not made', async () => {
    bench = await openBench('salesforce');
    await bench.faults({ path: '/describe', htmlRate: 1 });
    const [told] = await refusal({ contact: { where: 'Score__c > 5' } });
    expect(told).toMatchObject({ code: 'describe-failed' });
    expect(await bench.runtime().listInstances({ limit: 10 })).toEqual([]);
  });
});

const losses = [
  { vendor: 'salesforce', stored: 'Contact', field: 'Score__c', record: { LastName: 'Lind' } },
  { vendor: 'hubspot', stored: 'contacts', field: 'score', record: { properties: { lastname: 'Lind' } } },
  { vendor: 'dynamics', stored: 'contact', field: 'new_score', record: { lastname: 'Lind' } },
];

describe.each(losses)('a field that an account of $vendor loses', ({ vendor, stored, field, record }) => {
  it.each([
    ['that nobody named', null],
    ['that the instance asks for', [field]],
  ])('%s is left out, by the same poll or within a day, and told once', async (_, fields) => {
    bench = await openBench(vendor);
    const { id } = await create({ contact: { ...(fields !== null && { fields }) } });
    await poll(id, 'contact');
    await bench.faults({ hidden: `${stored}.${field}` });
    const first = await bench.put(stored, record);
    await poll(id, 'contact');
    const second = await bench.put(stored, record);
    await bench.restart();
    for (let turn = 0; turn < 3; turn += 1) {
      for (const { failure } of await bench.poll(id, 'contact', 27 * hourMs)) expect(failure).toBeNull();
    }
    expect((await bench.events(id)).map(({ subject }) => subject)).toEqual([first, second]);
    const [lost, ...others] = await bench.notices(id);
    expect(others).toEqual([]);
    expect(lost).toMatchObject({ type: 'fields.lost', subject: 'contact', data: { feed: null, until: null } });
    expect(lost?.data.failure).toMatchObject({
      code: 'field-missing',
      message: `The account no longer shows of contact: ${field}. Records lack it from now on.`,
      help: expect.stringContaining('let the user of this connection read it'),
    });
  });
});

describe('a patch', () => {
  const patch = async (id: string, changes: Parameters<ReturnType<AccountBench['runtime']>['patchInstance']>[1]) => {
    const outcome = await bench.runtime().patchInstance(id, changes);
    const { diagnostics = [] } = outcome ?? {};
    return diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  };

  it('that names a field of the account is judged by it, and taken up by the next poll', async () => {
    bench = await openBench('hubspot');
    const { id } = await create({ contact: {} });
    expect(await patch(id, { objects: { contact: { where: "loyalty_teir = 'gold'" } } })).toEqual([
      'where-unknown-field',
    ]);
    expect(await patch(id, { objects: { contact: { where: "loyalty_tier = 'gold'" } } })).toEqual([]);
    expect(await explained(id, 'contact', 'hubspot')).toContain('"propertyName":"loyalty_tier"');
    await poll(id, 'contact');
    const gold = await bench.put('contacts', { properties: { loyalty_tier: 'gold', score: '7' } });
    await bench.put('contacts', { properties: { loyalty_tier: 'silver' } });
    await poll(id, 'contact');
    const events = await bench.events(id);
    expect(events.map(({ subject }) => subject)).toEqual([gold]);
    expect(events[0]?.data.native).toMatchObject({ properties: { loyalty_tier: 'gold', score: '7' } });
  });

  it('takes an object that only the account knows in and out', async () => {
    bench = await openBench('hubspot');
    const { id } = await create({});
    expect(await patch(id, { objects: { p62515_bycicles: {} } })).toEqual(['object-unknown']);
    expect(await patch(id, { objects: { p62515_bicycles: { where: 'weight > 10' } } })).toEqual([]);
    expect((await bench.store().listPolls(id)).map(({ object, feed }) => [object, feed])).toEqual([
      ['p62515_bicycles', 'changes'],
      ['p62515_bicycles', 'deletes'],
    ]);
    // Whoever only changes a name asks nobody.
    await bench.faults({ path: '/properties/', errorRate: 1 });
    expect(await patch(id, { name: 'Another' })).toEqual([]);
    expect(await patch(id, { objects: { p62515_bicycles: null } })).toEqual([]);
    expect(await bench.store().listPolls(id)).toEqual([]);
  });

  it('of settings or credentials, which may be those of another account, has it asked anew', async () => {
    bench = await openBench('salesforce');
    const { id } = await create({ Invoice__c: {} });
    await poll(id, 'Invoice__c');
    await bench.faults({ path: '/describe', errorRate: 1 });
    expect(await patch(id, { credentials: { clientSecret: 'sandbox-secret' } })).toEqual(['describe-failed']);
    expect(await patch(id, { settings: { apiVersion: '63.0' } })).toEqual(['describe-failed']);
    await poll(id, 'Invoice__c');
    await bench.faults({ errorRate: 0 });
    expect(await patch(id, { settings: { apiVersion: '63.0' } })).toEqual([]);
    await poll(id, 'Invoice__c');
  });

  it('with credentials that the vendor refuses changes nothing', async () => {
    bench = await openBench('salesforce');
    const { id } = await create({ Invoice__c: {} });
    expect(await patch(id, { credentials: { clientSecret: 'wrong' } })).toEqual(['describe-failed']);
    await poll(id, 'Invoice__c');
  });
});

describe('what was kept for an earlier definition of the connector', () => {
  it.each([
    ['salesforce', 'Invoice__c'],
    ['hubspot', 'p62515_bicycles'],
    ['dynamics', 'new_bicycle'],
  ])('is asked for anew, where it lacks what this one needs to know: %s', async (vendor, object) => {
    bench = await openBench(vendor);
    const { id } = await create({ [object]: {} });
    await poll(id, object);
    const whole = await bench.store().getDescription(id, object);
    if (whole === null) throw new Error('nothing is kept');
    const { alias: _, ...older } = whole.description as { alias?: unknown; values: object };
    await bench.store().saveDescription({ ...whole, description: { ...older, values: {} } });
    await bench.restart();
    await poll(id, object);
    expect((await bench.store().getDescription(id, object))?.description).toEqual(whole.description);
  });
});

describe('credentials that the vendor replaces while it is asked', () => {
  it('are those of the instance that is made, and of the one that is changed', async () => {
    bench = await openBench('dynamics');
    const { clientId, clientSecret } = bench.sandbox.credentials;
    const credentials = {
      clientId: clientId ?? '',
      clientSecret: clientSecret ?? '',
      refreshToken: 'sandbox-refresh-token',
    };
    const outcome = await bench.create({ credentials, objects: { new_bicycle: {} } });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
    const { id } = outcome.value;
    const kept = async () => (await bench.store().getInstance(id))?.credentials['refreshToken'];
    const first = await kept();
    expect(first).not.toBe('sandbox-refresh-token');
    await poll(id, 'new_bicycle');
    const second = await kept();
    const changes = { credentials: { refreshToken: second ?? '' }, objects: { contact: { where: 'new_score > 1' } } };
    expect((await bench.runtime().patchInstance(id, changes))?.ok).toBe(true);
    expect([first, second]).not.toContain(await kept());
    await poll(id, 'contact');
  });
});

describe('a vendor that takes no filter', () => {
  it('is asked from the start when another field is wanted, and tells nothing anew', async () => {
    bench = await openBench('dynamics');
    const { id } = await create({ contact: { fields: [] } });
    await poll(id, 'contact');
    const record = await bench.put('contact', { lastname: 'Lind', new_score: 7 });
    await poll(id, 'contact');
    await bench.runtime().patchInstance(id, { objects: { contact: { fields: ['new_score'] } } });
    await poll(id, 'contact');
    await bench.put('contact', { new_score: 8 }, record);
    await poll(id, 'contact');
    const events = (await bench.events(id)).map(({ data }) => [
      data.change,
      data.objectId,
      (data.native as { new_score?: number }).new_score,
    ]);
    expect(events).toEqual([
      ['created', record, undefined],
      ['updated', record, 8],
    ]);
  });

  it('is still asked for days and lookups by their own names', async () => {
    bench = await openBench('dynamics');
    const { id } = await create({
      new_bicycle: { where: 'new_soldon >= 2026-05-01 AND _new_ownercontact_value IS NULL', fields: ['new_soldon'] },
    });
    await poll(id, 'new_bicycle');
    const late = await bench.put('new_bicycle', { new_name: 'a', new_soldon: '2026-05-02' });
    await bench.put('new_bicycle', { new_name: 'b', new_soldon: '2026-04-30' });
    await poll(id, 'new_bicycle');
    expect((await bench.events(id)).map(({ subject }) => subject)).toEqual([late]);
  });
});

describe('two people who change one instance at the same time', () => {
  it('lose nothing of what either said, though one waits for the vendor', async () => {
    bench = await openBench('dynamics');
    const { id } = await create({ contact: {} });
    const { patchInstance } = bench.runtime();
    const asking = patchInstance(id, { objects: { new_bicycle: { where: "new_name = 'a'" } } });
    const meanwhile = [patchInstance(id, { name: 'Renamed' }), patchInstance(id, { tags: ['eu'] })];
    for (const outcome of await Promise.all([asking, ...meanwhile])) expect(outcome?.ok).toBe(true);
    const now = await bench.runtime().getInstance(id);
    expect(now).toMatchObject({ name: 'Renamed', tags: ['eu'] });
    expect(Object.keys(now?.objects ?? {}).sort()).toEqual(['contact', 'new_bicycle']);
  });
});
