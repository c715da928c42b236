/** What fits into a query, and what is left to be evaluated here. */
import { describe, expect, it } from 'vitest';
import type { Dialect, Limits } from '../../src/definition/dialect.ts';
import { compileQuery } from '../../src/dialect/compile.ts';
import { explainQuery } from '../../src/dialect/explain.ts';
import { printWhere } from '../../src/where/print.ts';
import { readDialect } from './dialects.ts';
import { bindings, makeField, makeFields, readWhere } from './object.ts';

function limited(name: string, limits: Limits): Dialect {
  const dialect = readDialect(name);
  return { ...dialect, boolean: { ...dialect.boolean, limits: { ...dialect.boolean.limits, ...limits } } };
}

function texts(text: string, dialect: Dialect, values = {}): readonly string[] {
  return compileQuery(readWhere(text), dialect)
    .bind(bindings(values))
    .map((native) =>
      native.kind === 'text' ? native.text : JSON.stringify(native.kind === 'tree' ? native.tree : native.pairs),
    );
}

function residual(text: string, dialect: Dialect): string | null {
  const { residual: rest } = compileQuery(readWhere(text), dialect);
  return rest === null ? null : printWhere(rest);
}

describe('the example of the where language', () => {
  const text = "updated_at > :since AND (name LIKE '%@acme.com' OR NOT title = 'O''Brien')";

  it('asks for the time, and says of each other predicate why it is not asked for', () => {
    expect(explainQuery(readWhere(text), readDialect('soql'), bindings())).toEqual({
      predicates: [
        { text: 'updated_at > :since', pushed: 'exact', reason: 'whole seconds: exact' },
        {
          text: "name LIKE '%@acme.com'",
          pushed: 'no',
          reason: "OR needs every arm pushed, and title != 'O''Brien' cannot be; checked here",
        },
        {
          text: "NOT title = 'O''Brien'",
          pushed: 'no',
          reason: 'the vendor compares text without regard to case, so its != could leave records out; checked here',
        },
      ],
      residual: "name LIKE '%@acme.com' OR title != 'O''Brien'",
      natives: [{ kind: 'text', text: 'updated_at > 2026-01-01T00:00:00Z' }],
    });
  });

  it('names the least condition that keeps a whole OR from being asked, however deep it stands', () => {
    const deep = `(${"(name = 'a' OR title = 'b') AND ".repeat(20)}(score > 1 OR name != 'c'))`;
    const { predicates } = explainQuery(readWhere(`score = 7 OR NOT (score = 8 OR NOT ${deep})`), readDialect('soql'));
    // What can be asked of an AND is asked; its OR that cannot be is told of by the condition to blame.
    expect(predicates.at(-2)).toEqual({
      text: 'score > 1',
      pushed: 'no',
      reason: "OR needs every arm pushed, and name != 'c' cannot be; checked here",
    });
    const nested = `score = 1 OR (${"name != 'x' AND ".repeat(30)}title != 'y')`;
    const [first] = explainQuery(readWhere(nested), readDialect('soql')).predicates;
    expect(first?.reason).toBe("OR needs every arm pushed, and name != 'x' cannot be; checked here");
  });

  it('shows parameters without a value by their names', () => {
    const { natives, predicates } = explainQuery(readWhere(text), readDialect('soql'));
    expect(natives).toEqual([{ kind: 'text', text: 'updated_at > :since' }]);
    expect(predicates[0]).toEqual({
      text: 'updated_at > :since',
      pushed: 'exact',
      reason: 'the field has whole seconds: exact',
    });
  });

  it('sends a parameter without a value to nobody', () => {
    const query = compileQuery(readWhere(text), readDialect('soql'));
    expect(() => query.bind({ parameters: {}, nowMs: 0 })).toThrow(/:since is not bound/);
  });
});

describe('limits', () => {
  const groups =
    "updated_at >= :since AND (name = 'a' OR title = 'b') AND (name = 'c' OR title = 'd') AND (status = 'x' OR score = 1)";

  it('give up whole conditions, the last written first, and keep the bound of time', () => {
    // 2 × 2 × 2 groups of four are 8; five are taken, so one OR stays here.
    const [text = ''] = texts(groups, readDialect('hubspot-search'));
    expect(JSON.parse(text)).toHaveLength(4);
    const query = compileQuery(readWhere(groups), readDialect('hubspot-search'));
    expect(query.predicates.map(({ pushed }) => pushed)).toEqual([
      'superset',
      'superset',
      'superset',
      'superset',
      'superset',
      'no',
      'no',
    ]);
    expect(query.predicates[5]?.reason).toBe('the query would have 8 groups, and the vendor takes 5; checked here');
    expect(text.match(/updated_at/g)).toHaveLength(4);
  });

  it('count before they expand', () => {
    const arms = Array.from({ length: 40 }, (_, index) => `(name = 'a${index}' OR title = 'b${index}')`).join(' AND ');
    const query = compileQuery(readWhere(`updated_at >= :since AND ${arms}`), readDialect('hubspot-search'));
    expect(query.bind(bindings())).toHaveLength(1);
    expect(query.predicates.filter(({ pushed }) => pushed !== 'no')).toHaveLength(5);
  });

  it('hold for an OR that is itself too wide', () => {
    const arms = Array.from({ length: 6 }, (_, index) => `(score = ${index} AND born > 2026-01-0${index + 1})`).join(
      ' OR ',
    );
    expect(texts(`updated_at >= :since AND (${arms})`, readDialect('hubspot-search'))).toEqual([
      '[{"filters":[{"propertyName":"updated_at","operator":"GTE","value":"1767225600000"}]}]',
    ]);
  });

  it('hold for conditions in all', () => {
    const many = Array.from({ length: 30 }, (_, index) => `score != ${index}`).join(' AND ');
    const [text = ''] = texts(`updated_at >= :since AND ${many}`, readDialect('coql'));
    expect(text.match(/score/g)).toHaveLength(24);
    expect(text).toContain(') and score != 23');
    expect(text).not.toContain('score != 24');
  });

  it('make several queries of a list that is too long, and no more than are allowed', () => {
    const short = limited('soql', { inValues: 2, queries: 2 });
    expect(texts("name IN ('1', '2', '3') AND score > 1", short)).toEqual([
      "name IN ('1', '2') AND score > 1",
      "name IN ('3') AND score > 1",
    ]);
    expect(texts("name IN ('1', '2', '3', '4', '5') AND score > 1", short)).toEqual(['score > 1']);
    expect(texts("name IN ('1', '2', '3') AND status IN ('a', 'b', 'c') AND score > 1", short)).toHaveLength(2);
    expect(texts('score NOT IN (1, 2, 3)', limited('sql92', { inValues: 2 }))).toEqual([
      'score NOT IN (1, 2) AND score NOT IN (3)',
    ]);
  });

  it('of length drop the longest condition when the query is compiled', () => {
    const long = 'x'.repeat(80);
    const text = `updated_at >= :since AND name = '${long}' AND score > 1`;
    expect(texts(text, limited('soql', { length: 100 }))).toEqual(['updated_at >= 2026-01-01T00:00:00Z AND score > 1']);
    expect(residual(text, limited('soql', { length: 100 }))).toBe(`updated_at >= :since AND name = '${long}'`);
  });

  it('of length drop a condition whose value only binding tells, which is checked here anyway', () => {
    const dialect = limited('mongo-json', { length: 120 });
    const text = 'name = :name AND score > 1';
    expect(texts(text, dialect, { name: 'short' })).toEqual([
      '{"$and":[{"name":{"$eq":"short"}},{"score":{"$gt":1}}]}',
    ]);
    expect(texts(text, dialect, { name: 'long'.repeat(40) })).toEqual(['{"score":{"$gt":1}}']);
    expect(residual(text, dialect)).toBe('name = :name');
  });
});

describe('values', () => {
  it('that cannot be sent leave their condition out, and it is checked here', () => {
    const text = 'name = :name AND updated_at >= :since';
    expect(texts(text, readDialect('quickbooks-query'), { name: 'Zoë' })).toEqual([
      "updated_at >= '2026-01-01T00:00:00Z'",
    ]);
    expect(texts(text, readDialect('quickbooks-query'), { name: 'Zoe' })).toEqual([
      "name = 'Zoe' AND updated_at >= '2026-01-01T00:00:00Z'",
    ]);
    expect(residual(text, readDialect('quickbooks-query'))).toBe('name = :name AND updated_at >= :since');
  });

  it('that cannot be sent give up an OR as a whole', () => {
    expect(texts('name = :name OR score = 1', readDialect('odata4'), { name: 'a\u0000' })).toEqual(['true eq true']);
  });

  it('that are null are asked for by nobody', () => {
    const where = readWhere('name = NULL');
    expect(compileQuery(where, readDialect('mongo-json')).predicates[0]?.pushed).toBe('no');
  });
});

describe('fields', () => {
  const fields = makeFields(
    makeField('a', 'text', { filterable: false }),
    makeField('b', 'text', { operators: { '=': 'exact', '!=': 'exact', contains: 'no' } }),
    makeField('we ird', 'text'),
    makeField('status', 'enum', { operators: { '!=': 'exact' } }),
  );

  it('may say what differs for them', () => {
    const soql = readDialect('soql');
    const reasons = (text: string): unknown =>
      explainQuery(readWhere(text, fields), soql).predicates.map(({ pushed, reason }) => [pushed, reason]);
    expect(reasons("a = 'x'")).toEqual([['no', 'the vendor cannot filter on a; checked here']]);
    expect(reasons("b = 'x' AND b != 'y'")).toEqual([
      ['exact', 'the vendor compares the same way: exact'],
      ['exact', 'the vendor compares the same way: exact'],
    ]);
    expect(reasons("b CONTAINS 'x'")).toEqual([
      ['no', 'the vendor compares text without regard to case, so its CONTAINS could leave records out; checked here'],
    ]);
    expect(reasons("`we ird` = 'x'")).toEqual([
      ['no', "the vendor's language cannot name the field we ird; checked here"],
    ]);
  });

  it('may say that empty text never occurs', () => {
    const { natives, residual: rest } = explainQuery(readWhere("status != 'x'", fields), readDialect('hubspot-search'));
    expect(natives).toEqual([
      { kind: 'tree', tree: [{ filters: [{ propertyName: 'status', operator: 'NEQ', value: 'x' }] }] },
    ]);
    expect(rest).toBeNull();
  });
});

describe('parameters', () => {
  it('of one name are sent once', () => {
    const text =
      'updated_at >= 2026-01-01T00:00:00Z AND updated_at >= 2026-02-01T00:00:00Z AND updated_at < 2026-03-01T00:00:00Z';
    const { natives, residual: rest } = explainQuery(readWhere(text), readDialect('shopify-rest'));
    expect(natives).toEqual([
      {
        kind: 'pairs',
        pairs: [
          ['updated_at_min', '2026-01-01T00:00:00Z'],
          ['updated_at_max', '2026-03-01T00:00:00Z'],
        ],
      },
    ]);
    // Vendors of this dialect ignore what they do not know, so every bound is held here too.
    expect(rest).toContain('updated_at >= 2026-02-01T00:00:00.000Z');
  });

  it('may bring a constant of their own each time', () => {
    const dialect: Dialect = {
      ...readDialect('rest-since'),
      fields: {
        updated_at: {
          operators: {
            '>': { emit: { after: '{value}', dates_are_gmt: 'true' }, answers: { timestamp: 'exact' } },
            '<': { emit: { before: '{value}', dates_are_gmt: 'true' }, answers: { timestamp: 'exact' } },
          },
        },
      },
    };
    const { natives } = explainQuery(readWhere('updated_at >= :since AND updated_at < :until'), dialect, bindings());
    expect(natives).toEqual([
      {
        kind: 'pairs',
        pairs: [
          ['after', '2025-12-31T23:59:59Z'],
          ['dates_are_gmt', 'true'],
          ['before', '2026-01-01T01:00:00Z'],
        ],
      },
    ]);
  });
});

describe('trees that merge', () => {
  const dialect: Dialect = {
    name: 'merged',
    description: 'One object of ranges.',
    builder: 'tree',
    literals: { timestamp: { format: "yyyy-MM-dd'T'HH:mm:ss'Z'", unit: 's' } },
    operators: {
      '>=': { emit: { filter: { '{field}': { start_at: '{value}' } } }, answers: { timestamp: 'exact' } },
      '<': { emit: { filter: { '{field}': { end_at: '{value}' } } }, answers: { timestamp: 'exact' } },
    },
    boolean: { shape: 'and', and: { merge: true } },
    empty: {},
  };

  it('take what has a place, and leave the rest here', () => {
    const text =
      'updated_at >= 2026-01-01T00:00:00Z AND updated_at < 2026-02-01T00:00:00Z AND updated_at >= 2026-01-15T00:00:00Z';
    const { natives, residual: rest } = explainQuery(readWhere(text), dialect);
    expect(natives).toEqual([
      {
        kind: 'tree',
        tree: { filter: { updated_at: { start_at: '2026-01-01T00:00:00Z', end_at: '2026-02-01T00:00:00Z' } } },
      },
    ]);
    expect(rest).toBe('updated_at >= 2026-01-15T00:00:00.000Z');
  });
});
