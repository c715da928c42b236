import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../src/diagnostic/failure.ts';
import { compileMapping } from '../../src/mapping/compile.ts';

const context = { settings: { host: 'acme' }, object: 'contact' };

async function failureOf(expression: string, native: unknown): Promise<Failure> {
  const { mapping, diagnostics } = compileMapping({ value: expression });
  expect(diagnostics).toEqual([]);
  const failure = await mapping.apply(native, context).then(
    () => null,
    (error: unknown) => error,
  );
  if (!(failure instanceof Failure)) throw new Error(`no failure but ${String(failure)}`);
  return failure;
}

describe('a mapping', () => {
  test('makes a record; what yields nothing is left out, null stays', async () => {
    const { mapping, diagnostics } = compileMapping({
      firstName: 'FirstName',
      lastName: 'LastName',
      phone: 'Phone',
      address: { city: 'Mailing.City', postal: { code: 'Mailing.Zip' } },
      full: "FirstName & ' of ' & $settings.host",
      kind: '$object',
      fixed: '"person"',
      seenAt: '$isoInstant(At)',
      unseenAt: '$isoInstant(Never)',
    });
    expect(diagnostics).toEqual([]);
    const native = { FirstName: 'Mara', LastName: null, Mailing: { City: 'Ulm' }, At: '2026-11-20T16:04:51.000+0000' };
    expect(await mapping.apply(native, context)).toStrictEqual({
      firstName: 'Mara',
      lastName: null,
      address: { city: 'Ulm' },
      full: 'Mara of acme',
      kind: 'contact',
      fixed: 'person',
      seenAt: '2026-11-20T16:04:51.000Z',
    });
  });

  test('yields plain JSON and leaves the native record alone', async () => {
    const { mapping } = compileMapping({
      list: 'items.(name)',
      one: 'items[0].tags[]',
      sorted: 'items^(>rank).name',
      lambda: 'function($x){$x}',
      mixed: '[function($x){$x}, 1]',
      changed: '$ ~> |items|{"name": "changed"}|',
      odd: '{"__proto__": {"polluted": true}}',
    });
    const native = {
      items: [
        { name: 'a', rank: 1, tags: 'x' },
        { name: 'b', rank: 2 },
      ],
    };
    const before = structuredClone(native);
    const record = await mapping.apply(native, context);
    expect(native).toStrictEqual(before);
    expect(record).toStrictEqual(JSON.parse(JSON.stringify(record)));
    expect(record).toMatchObject({ list: ['a', 'b'], one: ['x'], sorted: ['b', 'a'], mixed: [null, 1] });
    expect(Object.keys(record)).not.toContain('lambda');
    expect(Object.keys(record['list'] as object)).toEqual(['0', '1']);
    expect((record as { readonly polluted?: unknown }).polluted).toBeUndefined();
  });

  test('reaches no prototype', async () => {
    const { mapping } = compileMapping({
      a: 'constructor.name',
      b: '`__proto__`.toString',
      c: '$lookup($, "constructor")',
      d: 'x.`__proto__`.y',
    });
    expect(await mapping.apply({ x: {} }, context)).toStrictEqual({});
  });

  test('reports every broken expression at its place', () => {
    const { diagnostics } = compileMapping({
      a: 'FirstName &',
      nested: { 'b/c': '$isoInstnat(At)', d: '$setings.x' },
      e: 'ok',
    });
    expect(diagnostics.map(({ code, pointer, span, help }) => ({ code, pointer, span, help }))).toEqual([
      { code: 'mapping-syntax', pointer: '/a', span: { start: 11, end: 11 }, help: undefined },
      {
        code: 'mapping-syntax',
        pointer: '/nested/b~1c',
        span: { start: 0, end: 11 },
        help: 'Did you mean $isoInstant?',
      },
      { code: 'mapping-syntax', pointer: '/nested/d', span: { start: 0, end: 8 }, help: 'Did you mean $settings?' },
    ]);
  });

  test('knows names that the expression binds itself', () => {
    const { diagnostics } = compileMapping({
      a: '($x := 1; $f := function($y){$y + $x}; $f(2))',
      b: 'items@$i.tags#$n.{"at": $n, "of": $i.name}',
      c: '$map(items, function($v, $k){$v.name & $k})',
      d: '$sum(items.rank) ~> $string',
      e: '$$.x & $.y',
    });
    expect(diagnostics).toEqual([]);
  });
});

describe('guards', () => {
  test('time', async () => {
    const failure = await failureOf('($f := function(){$f()}; $f())', {});
    expect(failure).toMatchObject({
      code: 'mapping-failed',
      retryable: false,
      detail: { property: 'value', jsonata: 'D1012' },
    });
  });
  test('depth', async () => {
    const failure = await failureOf('($f := function($n){1 + $f($n)}; $f(1))', {});
    expect(failure.detail).toMatchObject({ jsonata: 'D1011' });
  });
  test('items', async () => {
    const failure = await failureOf('[1..2000000].($ + 1)', {});
    expect(failure.code).toBe('mapping-failed');
  });
  test('a value that nests without end', async () => {
    const failure = await failureOf('$reduce([1..150], function($inner, $i){{"in": $inner}})', {});
    expect(failure).toMatchObject({ code: 'mapping-failed', detail: { property: 'value' } });
    expect(failure.message).toContain('nests deeper than 100 levels');
  });
  test('backtracking of a regular expression', async () => {
    const started = performance.now();
    const failure = await failureOf('$match(text, /^(a+)+$/)', { text: `${'a'.repeat(50)}b` });
    expect(failure.message).toContain('longer than');
    expect(performance.now() - started).toBeLessThan(5000);
  });
  test('regular expressions work', async () => {
    const { mapping } = compileMapping({
      user: '$match(mail, /^([^@]+)@/).groups[0]',
      spaced: '$replace(mail, /[.@]/, " ")',
    });
    expect(await mapping.apply({ mail: 'a.b@c.example' }, context)).toEqual({ user: 'a.b', spaced: 'a b c example' });
  });
});

test('no text makes the compiler throw, and no compiled one hangs', async () => {
  const piece = fc.constantFrom(
    'a',
    '.',
    '[',
    ']',
    '(',
    ')',
    '{',
    '}',
    '$',
    ':=',
    '"x"',
    '/a+/',
    '~>',
    '|',
    '?',
    '1',
    ' ',
    '*',
    '**',
    '%',
    '@$v',
    '#$i',
    'function',
    '$map',
    ',',
    '^',
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      async (text) => {
        const { mapping } = compileMapping({ value: text });
        await mapping.apply({ a: [{ a: 1 }] }, context).catch((error: unknown) => {
          if (!(error instanceof Failure)) throw error;
        });
      },
    ),
    { numRuns: 2000 },
  );
});

test('text nested beyond the parser is refused, not a stack overflow', () => {
  const { diagnostics } = compileMapping({ value: '('.repeat(9_000) });
  expect(diagnostics).toHaveLength(1);
});
