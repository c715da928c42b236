/** Habits of vendors that would lose a record, were they not known: what is asked for in spite of them. */
import { describe, expect, it } from 'vitest';
import { compileQuery } from '../../src/dialect/compile.ts';
import { readDialect } from './dialects.ts';
import { bindings, readWhere } from './object.ts';

/** `asked` is the query, and null when the condition stays here. */
interface Habit {
  readonly what: string;
  readonly dialect: string;
  readonly where: string;
  readonly asked: unknown;
}

const guid = '70BF4D48-34CB-ED11-B596-0022481D68CD';

const habits: readonly Habit[] = [
  { what: 'an id in capitals is the same id', dialect: 'odata4', where: `id != '${guid}'`, asked: null },
  {
    what: 'a time has more digits than a record shows',
    dialect: 'odata4',
    where: 'updated_at <= 2026-01-01T00:00:05Z',
    asked: 'updated_at lt 2026-01-01T00:00:06Z',
  },
  { what: 'a bracket begins a wildcard', dialect: 'odata4', where: "name = '[a]'", asked: null },
  {
    what: 'a list takes 0 for no value',
    dialect: 'domain-prefix',
    where: 'score IN (5, 6)',
    asked: ['|', ['score', '=', 5], ['score', '=', 6]],
  },
  {
    what: 'a missing number is shown as 0',
    dialect: 'domain-prefix',
    where: 'score < 5',
    asked: ['|', ['score', '<', 5], ['score', '=', false]],
  },
  {
    what: 'a missing number is shown as 0, which this bound leaves out',
    dialect: 'domain-prefix',
    where: 'score > 5',
    asked: [['score', '>', 5]],
  },
  { what: 'an id is a whole number', dialect: 'domain-prefix', where: "id != '007'", asked: null },
  { what: 'an id stands as a number', dialect: 'domain-prefix', where: "id = '7'", asked: [['id', '=', 7]] },
  {
    what: 'the locale of the database folds only ASCII',
    dialect: 'domain-prefix',
    where: "name ILIKE 'Ünal'",
    asked: null,
  },
  { what: 'NULL in place of a value is no value', dialect: 'encoded-query', where: "name = 'Null'", asked: null },
  {
    what: 'an arm of an OR may be left out',
    dialect: 'encoded-query',
    where: 'score = 1 OR active = true',
    asked: null,
  },
  {
    what: 'arms about one field are left out together',
    dialect: 'encoded-query',
    where: 'score = 1 OR score = 2',
    asked: 'score=1^ORscore=2',
  },
  {
    what: 'an arm of an OR may be left out of a search',
    dialect: 'shopify-search',
    where: "score = 1 OR status = 'open'",
    asked: null,
  },
  {
    what: 'lists are lower case, and the last sigma of a word has two',
    dialect: 'hubspot-search',
    where: "name IN ('ΟΔΟΣ')",
    asked: [{ filters: [{ propertyName: 'name', operator: 'EQ', value: 'ΟΔΟΣ' }] }],
  },
  {
    what: 'an id is a number',
    dialect: 'hubspot-search',
    where: "id != '007'",
    asked: null,
  },
  { what: 'a malformed id is an error', dialect: 'soql', where: "id = 'acme'", asked: null },
  {
    what: 'an id has 15 or 18 characters',
    dialect: 'soql',
    where: "id = '001D000000IqhSL'",
    asked: "id = '001D000000IqhSL'",
  },
  { what: 'a decimal fraction is no binary one', dialect: 'mongo-json', where: 'score >= 0.1', asked: null },
  { what: 'an id is compared by its type', dialect: 'mongo-json', where: "id = '7'", asked: null },
  { what: 'single precision equals no fraction', dialect: 'sql92', where: 'score = 0.1', asked: null },
  {
    what: 'one wildcard may be half a code point',
    dialect: 'sql92',
    where: "name LIKE 'a_b'",
    asked: "name LIKE 'a%b' ESCAPE '!'",
  },
  {
    what: 'times compare by the second',
    dialect: 'jql',
    where: 'seen_at > 2026-01-01T00:00:30.500Z',
    asked: 'seen_at >= 1767225630000',
  },
  { what: 'a key is written in any case', dialect: 'jql', where: "id != 'abc-1'", asked: null },
  {
    what: 'a blank compared as a date is an error, and so is all around it',
    dialect: 'formula',
    where: 'score = 1 OR seen_at < 2026-01-01',
    asked: 'OR({score}=1,IF({seen_at},IS_BEFORE({seen_at},DATETIME_PARSE("2026-01-01T00:00:00.000Z")),FALSE()))',
  },
  { what: 'text of no word finds nothing', dialect: 'lucene', where: "status = '?!'", asked: null },
];

describe('a habit of the vendor', () => {
  it.each(habits)('$what ($dialect)', ({ dialect: name, where, asked }) => {
    const dialect = readDialect(name);
    const query = compileQuery(readWhere(where), dialect);
    const [native, ...more] = query.bind(bindings());
    expect(more).toEqual([]);
    const given = native?.kind === 'text' ? native.text : native?.kind === 'tree' ? native.tree : native?.pairs;
    expect(given).toEqual(asked ?? dialect.empty);
    expect(query.predicates.map(({ pushed }) => pushed !== 'no')).toEqual(query.predicates.map(() => asked !== null));
  });
});
