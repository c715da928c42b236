/** What the connectors say otherwise than the dialects they extend. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileQuery } from '../../src/dialect/compile.ts';
import { resolveDialect } from '../../src/dialect/resolve.ts';
import { readDialect } from '../dialect/dialects.ts';
import { bindings, makeField, makeFields, readWhere } from '../dialect/object.ts';

interface Definition {
  readonly dialect: { readonly extends: string };
}

const fields = makeFields(makeField('contactid', 'id'), makeField('financial_status', 'enum'));
const guid = '70bf4d48-34cb-ed11-b596-0022481d68cd';

/** `asked` is null where the condition stays here. */
const cases: readonly (readonly [what: string, connector: string, where: string, asked: unknown])[] = [
  ['a GUID stands without quotes', 'dynamics', `contactid = '${guid}'`, `contactid eq ${guid}`],
  ['and so does one that is not to be', 'dynamics', `contactid != '${guid}'`, `contactid ne ${guid}`],
  ['a GUID in capitals is shown by no record', 'dynamics', `contactid != '${guid.toUpperCase()}'`, null],
  ['what is no GUID is not sent without quotes', 'dynamics', "contactid = 'x or true eq true'", null],
  ['nor is more than one', 'dynamics', `contactid = '${guid} or true eq true'`, null],
  ['a state the list can be asked for', 'shopify', "financial_status = 'paid'", [['financial_status', 'paid']]],
  ['a state that is no word of the list', 'shopify', "financial_status = 'expired'", null],
];

describe('the dialect of a connector', () => {
  it.each(cases)('%s (%s)', (_what, connector, text, asked) => {
    const file = new URL(`../../connectors/${connector}/connector.json`, import.meta.url);
    const { dialect: own } = JSON.parse(readFileSync(file, 'utf8')) as Definition;
    const { dialect, diagnostics } = resolveDialect(readDialect(own.extends), { ...own });
    expect(diagnostics).toEqual([]);
    if (dialect === null) throw new Error('no dialect');
    const query = compileQuery(readWhere(text, fields), dialect);
    const [native] = query.bind(bindings());
    expect(native?.kind === 'text' ? native.text : native?.kind === 'pairs' && native.pairs).toEqual(
      asked ?? (dialect.builder === 'text' ? dialect.empty : []),
    );
    expect(query.predicates[0]?.pushed !== 'no').toBe(asked !== null);
  });
});

it.each(['x', "''"])(
  'no string of %j is sent to Salesforce that is longer than the 4000 characters of one',
  (character) => {
    const dialect = readDialect('soql');
    const name = makeFields(makeField('LastName', 'text'));
    const ask = (length: number) => {
      const [native] = compileQuery(readWhere(`LastName CONTAINS '${character.repeat(length)}'`, name), dialect).bind(
        bindings(),
      );
      return native?.kind === 'text' ? native.text : '';
    };
    const lengths = [100, 500, 800, 1999, 3998, 4000];
    const sent = lengths.map(ask).filter((text) => text.includes('%'));
    expect(sent.length).toBeGreaterThan(0);
    for (const text of sent) expect(/'(.*)'/s.exec(text)?.[1]?.length).toBeLessThanOrEqual(4000);
  },
);
