import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkConnector } from '../../src/connector/link.ts';
import { createLinkContext, loadDialects } from '../../src/connector/load.ts';
import { parseSource } from '../../src/connector/source.ts';
import type { Diagnostic } from '../../src/diagnostic/diagnostic.ts';
import { acme, broken } from './acme.ts';

const context = createLinkContext((await loadDialects()).dialects);

/** Links a definition from its text, so that every diagnostic has a place. */
function link(definition: unknown) {
  const text = JSON.stringify(definition, null, 2);
  const source = parseSource('acme/connector.json', text);
  return { text, ...linkConnector(source.value, { ...context, source }) };
}

/** What of the file a diagnostic marks. */
function marked(text: string, { place }: Diagnostic): string {
  const lines = text.split('\n');
  const { line = 0, column = 0, endLine = 0, endColumn = 0 } = place ?? {};
  if (line !== endLine) return (lines[line - 1] ?? '').slice(column - 1);
  return (lines[line - 1] ?? '').slice(column - 1, endColumn - 1);
}

describe('a right definition', () => {
  test('links without a word', () => {
    const { connector, diagnostics } = link(acme);
    expect(diagnostics).toEqual([]);
    const contact = connector?.objects.get('contact');
    expect(contact).toMatchObject({
      name: 'contact',
      resource: 'contact',
      id: ['Id'],
      version: { hash: true, ignore: ['attributes'] },
    });
    expect(contact?.fields.get('Email')).toEqual({
      name: 'Email',
      type: 'text',
      path: ['mail', 'main'],
      format: 'iso',
      zone: 'UTC',
      granularity: 'ms',
      filterable: true,
      operators: {},
    });
    expect(contact?.changes).toMatchObject({
      records: ['records'],
      total: ['total'],
      pushdown: true,
      everySeconds: 60,
    });
    expect(contact?.changes.request.fields).toEqual(['Id', 'Email', 'Score', 'Updated', 'Created']);
    expect(contact?.deletes).toMatchObject({ pushdown: false, total: null });
    expect(connector?.verify).toMatchObject({ method: 'GET' });
  });

  test('maps a record', async () => {
    const { connector } = link(acme);
    const record = await connector?.objects
      .get('contact')
      ?.mapping.apply(
        { Id: '7', mail: { main: 'm@x.example' }, City: 'Ulm', Updated: '2026-11-20T16:04:51Z' },
        { settings: {}, object: 'contact' },
      );
    expect(record).toEqual({
      id: '7',
      email: 'm@x.example',
      address: { city: 'Ulm' },
      updatedAt: '2026-11-20T16:04:51.000Z',
    });
  });
});

const change = ['objects', 'contact', 'changes', 0] as const;

describe('a definition that is wrong in one place says so there', () => {
  test.each<[string, readonly (string | number)[], unknown, string, string, string | RegExp]>([
    [
      'unknown property',
      ['objects', 'contact', 'fieldz'],
      {},
      'connector-schema',
      '"fieldz"',
      'Did you mean "fields"?',
    ],
    ['missing property', ['http', 'baseUrl'], undefined, 'connector-schema', '{', /URL that request paths/],
    ['wrong type', ['settings', 'host', 'description'], 5, 'connector-schema', '5', /For example/],
    ['unknown kind', ['auth', 0, 'kind'], 'hedaer', 'connector-schema', '"hedaer"', 'Did you mean "header"?'],
    [
      'unknown page kind',
      [...change, 'page', 'kind'],
      'next-urls',
      'connector-schema',
      '"next-urls"',
      'Did you mean "next-url"?',
    ],
    ['missing page part', [...change, 'page', 'read'], undefined, 'connector-schema', '{', /last page/],
    [
      'enum',
      ['objects', 'contact', 'fields', 'Id', 'type'],
      'string',
      'connector-schema',
      '"string"',
      /Possible are text/,
    ],
    ['key', ['key'], 'Acme CRM', 'connector-schema', '"Acme CRM"', /must match/],
    ['object name', ['objects', 'Bad Name'], acme.objects['contact'], 'connector-schema', '"Bad Name"', /Names match/],
    [
      'a query that is sent nowhere',
      [...change, 'request', 'query'],
      { limit: '100' },
      'connector-where-misplaced',
      '{',
      /"pushdown": false/,
    ],
    [
      'a place for a query of a dialect that makes parameters',
      ['dialect'],
      'bracket-ops',
      'connector-where-misplaced',
      '{',
      /Take it out/,
    ],
    [
      'a place for a query where there is no where',
      ['objects', 'contact', 'deletes', 0],
      {
        strategy: 'snapshot',
        request: { method: 'GET', path: '/all', query: { q: '{where}' } },
        records: 'records',
        page: { kind: 'none' },
        breaker: { share: 0.1, atLeast: 10 },
      },
      'connector-template',
      '{where}',
      /Possible are/,
    ],
    ['silent trap', [...change, 'cursor', 'cap'], undefined, 'connector-schema', '{', /most records/],
    ['dialect of a wrong type', ['dialect'], 5, 'connector-schema', '5', /soql/],
    ['unknown dialect', ['dialect'], 'sqol', 'dialect-unknown', '"sqol"', 'Did you mean "soql"?'],
    [
      'unknown base of a dialect',
      ['dialect'],
      { extends: 'sqol' },
      'dialect-unknown',
      '"sqol"',
      'Did you mean "soql"?',
    ],
    ['override of another shape', ['dialect'], { extends: 'soql', operators: 5 }, 'dialect-contradiction', '5', /./],
    ['override against the schema', ['dialect'], { extends: 'soql', description: '' }, 'dialect-schema', '""', /./],
    [
      'unknown resource',
      ['objects', 'contact', 'resource'],
      'contacts',
      'connector-resource-unknown',
      '"contacts"',
      'Did you mean "contact"?',
    ],
    [
      'undeclared setting',
      ['http', 'baseUrl'],
      'https://{settings.hots}/',
      'connector-template',
      '{settings.hots}',
      'Did you mean {settings.host}?',
    ],
    [
      'secret outside auth',
      [...change, 'request', 'query', 'key'],
      '{credentials.token}',
      'connector-template',
      '{credentials.token}',
      /Possible are/,
    ],
    [
      'auth value outside auth',
      [...change, 'request', 'path'],
      '/x/{auth.shard}',
      'connector-template',
      '{auth.shard}',
      /Possible are/,
    ],
    [
      'value captured by one way only',
      ['http', 'baseUrl'],
      'https://{auth.shard}/',
      'connector-template',
      '{auth.shard}',
      /./,
    ],
    [
      'value never captured',
      ['auth', 1, 'headers', 'X-Shard'],
      '{auth.sahrd}',
      'connector-template',
      '{auth.sahrd}',
      'Did you mean {auth.shard}?',
    ],
    [
      'credential not required',
      ['auth', 0, 'headers', 'X-Id'],
      '{credentials.clientId}',
      'connector-template',
      '{credentials.clientId}',
      /./,
    ],
    [
      'placeholder in a body',
      ['objects', 'contact', 'deletes', 0, 'request', 'body', 'list', 1],
      'x {sinse}',
      'connector-template',
      '{sinse}',
      'Did you mean {since}?',
    ],
    ['open brace', [...change, 'request', 'path'], '/x/{where', 'connector-template', '{', /./],
    [
      'undeclared credential',
      ['auth', 0, 'requires'],
      ['tokn'],
      'connector-credential-missing',
      '"tokn"',
      'Did you mean "token"?',
    ],
    ['sandbox credential', ['sandbox', 'credentials', 'tokn'], 'x', 'connector-credential-missing', '"tokn"', /^$/],
    ['sandbox setting', ['sandbox', 'settings', 'hots'], 'x', 'setting-unknown', '"hots"', /^$/],
    [
      'granularity',
      [...change, 'cursor', 'granularity'],
      'min',
      'connector-cursor-contradiction',
      '"min"',
      /fields.Updated/,
    ],
    ['sandbox object', ['sandbox', 'objects', 'contacts'], 'x', 'object-unknown', '"contacts"', /^$/],
    ['default', ['settings', 'version', 'default'], '1', 'setting-invalid', '"1"', /API version/],
    ['pattern', ['settings', 'version', 'pattern'], 'v[', 'connector-schema', '"v["', /^$/],
    ['id path', ['objects', 'contact', 'id'], 'a[b', 'connector-path', '[b', /./],
    ['record path', [...change, 'records'], 'a..b', 'connector-path', '..b', /./],
    ['field path', ['objects', 'contact', 'fields', 'Email', 'path'], '.x', 'connector-path', '.x', /./],
    [
      'zone',
      ['objects', 'contact', 'fields', 'Updated', 'zone'],
      'Mars/Base',
      'connector-schema',
      '"Mars/Base"',
      /IANA/,
    ],
    [
      'created field',
      ['objects', 'contact', 'createdAt'],
      'Craeted',
      'connector-field-missing',
      '"Craeted"',
      'Did you mean "Created"?',
    ],
    [
      'created field of a wrong type',
      ['objects', 'contact', 'createdAt'],
      'Email',
      'connector-field-missing',
      '"Email"',
      /timestamp/,
    ],
    [
      'version field',
      ['objects', 'contact', 'version', 'fields'],
      ['Updatd'],
      'connector-field-missing',
      '"Updatd"',
      'Did you mean "Updated"?',
    ],
    [
      'cursor field',
      [...change, 'cursor', 'field'],
      'Updatd',
      'connector-field-missing',
      '"Updatd"',
      'Did you mean "Updated"?',
    ],
    ['where', [...change, 'where'], 'Updatd >= :since', 'where-unknown-field', 'Updatd', /Updated/],
    ['where syntax', [...change, 'where'], 'Updated >= :since AND', 'where-syntax', 'AND', /./],
    [
      'bound under OR',
      [...change, 'where'],
      'Score = 1 OR Updated >= :since',
      'where-time-bound-misplaced',
      ':since',
      /AND/,
    ],
    [
      'unbound window',
      [...change, 'where'],
      'Score = 1',
      'connector-window-unbound',
      '"Score = 1"',
      /Updated >= :since/,
    ],
    [
      'window bound from the wrong side',
      [...change, 'where'],
      'Updated < :since',
      'connector-window-unbound',
      '"Updated < :since"',
      /./,
    ],
    ['mapping syntax', ['objects', 'contact', 'mapping', 'name'], 'First & )', 'mapping-syntax', ')', /^$/],
    [
      'mapping function',
      ['objects', 'contact', 'mapping', 'name'],
      '$uppercas(Name)',
      'mapping-syntax',
      '$uppercas',
      'Did you mean $uppercase?',
    ],
    [
      'mapping property',
      ['objects', 'contact', 'mapping', 'emial'],
      'Email',
      'mapping-unknown-property',
      '"emial"',
      'Did you mean "email"?',
    ],
    [
      'nested mapping property',
      ['objects', 'contact', 'mapping', 'address'],
      { town: 'x' },
      'mapping-unknown-property',
      '"town"',
      /city/,
    ],
    [
      'mapping into a value',
      ['objects', 'contact', 'mapping', 'email'],
      { x: 'y' },
      'mapping-unknown-property',
      '{',
      /one JSONata/i,
    ],
  ])('%s', (_what, steps, value, code, mark, help) => {
    const { connector, diagnostics, text } = link(broken(steps, value));
    expect(connector).toBeNull();
    const [first] = diagnostics.filter((diagnostic) => diagnostic.severity === 'error');
    expect(first).toMatchObject({ code, severity: 'error' });
    if (first === undefined) return;
    expect(marked(text, first)).toBe(mark);
    if (typeof help === 'string') expect(first.help).toBe(help);
    else expect(first.help ?? '').toMatch(help);
  });

  test('everything at once', () => {
    const twice = broken(
      ['objects', 'contact', 'createdAt'],
      'Craeted',
      broken(['objects', 'contact', 'mapping', 'emial'], 'x'),
    );
    expect(link(twice).diagnostics.map(({ code }) => code)).toEqual([
      'connector-field-missing',
      'mapping-unknown-property',
    ]);
  });

  test('a connector without deletes is used, with a warning', () => {
    const { connector, diagnostics } = link(broken(['objects', 'contact', 'deletes'], undefined));
    expect(connector?.objects.get('contact')?.deletes).toBeNull();
    expect(diagnostics).toMatchObject([
      { code: 'connector-deletes-undetected', severity: 'warning', pointer: '/objects/contact' },
    ]);
  });
});

describe('hostile definitions', () => {
  const steps = fc.infiniteStream(fc.nat());
  /** A value somewhere inside the definition replaced by anything. */
  function vandalise(node: unknown, picks: Iterator<number>, replacement: unknown, depth = 0): unknown {
    if (node === null || typeof node !== 'object' || depth > 12) return replacement;
    const keys = Object.keys(node);
    const key = keys[(picks.next().value ?? 0) % Math.max(1, keys.length)];
    if (key === undefined || (picks.next().value ?? 0) % 6 === 0) return replacement;
    const child = vandalise((node as Record<string, unknown>)[key], picks, replacement, depth + 1);
    return Array.isArray(node)
      ? node.map((item, index) => (String(index) === key ? child : item))
      : { ...node, [key]: child };
  }

  test('give diagnostics and never throw', () => {
    const text = fc.string({
      unit: fc.constantFrom('{', '}', 'where', '.', '(', '[', ':since', "'", 'Updated', ' >= ', '$', '"', ' AND '),
      maxLength: 8,
    });
    const anything = fc.oneof(
      fc.jsonValue(),
      text,
      fc.constantFrom('__proto__', 'constructor', '', null, {}, [], { toString: {} }),
    );
    fc.assert(
      fc.property(steps, anything, (picks, replacement) => {
        const { connector, diagnostics } = linkConnector(
          vandalise(acme, picks[Symbol.iterator](), replacement),
          context,
        );
        if (connector === null) expect(diagnostics.length).toBeGreaterThan(0);
      }),
      { numRuns: 1000 },
    );
  });

  test('any JSON at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(linkConnector(value, context).connector).toBeNull();
      }),
    );
  });
});
