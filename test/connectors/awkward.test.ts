/**
 * Records as awkward as a vendor may send them: the cases of each shipped connector with one value after another null,
 * empty, left out or strange. What the mapping makes of them fits the common resource still, for one empty field must not
 * cost an event its record.
 */
import { expect, test } from 'vitest';
import { loadCases } from '../../src/connector/case.ts';
import type { Connector } from '../../src/connector/connector.ts';
import { checkInstance } from '../../src/connector/instance.ts';
import { loadConnectors } from '../../src/connector/load.ts';
import { readResources } from '../../src/connector/package-files.ts';
import { createSchemaCheck } from '../../src/connector/validate.ts';

const { connectors, files } = await loadConnectors();
const resources = readResources();

type Place = readonly (string | number)[];

/** Where the values of a record are, those of its lists and inner objects too; a list's items are never empty. */
function placesOf(value: unknown, place: Place = []): readonly Place[] {
  if (value === null || typeof value !== 'object') return [place];
  const parts = Array.isArray(value) ? value.entries() : Object.entries(value);
  const inner = [...parts].flatMap(([name, part]) => placesOf(part, [...place, name]));
  return place.length === 0 || typeof place.at(-1) === 'number' ? inner : [place, ...inner];
}

/** @param make undefined leaves the value out. */
function changed(record: unknown, place: Place, make: (value: unknown) => unknown): unknown {
  const [name, ...rest] = place;
  if (name === undefined) return make(record);
  const copy = Array.isArray(record) ? [...record] : { ...(record as object) };
  const part = changed(Reflect.get(copy, name), rest, make);
  if (part === undefined) Reflect.deleteProperty(copy, name);
  else Reflect.set(copy, name, part);
  return copy;
}

const isWords = (value: unknown): value is string => typeof value === 'string' && /[a-z] [a-z]/i.test(value);

const awkward: Readonly<Record<string, (value: unknown) => unknown>> = {
  null: () => null,
  'left out': () => undefined,
  empty: (value) => (typeof value === 'string' ? '' : value),
  strange: (value) => (isWords(value) ? '\u202e Zoë \u{1f469}\u200d\u{1f467} ﷽ "\\\'' : value),
  long: (value) => (isWords(value) ? value.repeat(5_000) : value),
  negative: (value) => (typeof value === 'number' ? -value : value),
  large: (value) => (typeof value === 'number' ? 9_007_199_254_740_991 : value),
  ancient: (value) => (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? `0001${value.slice(4)}` : value),
};

/** What vendors never leave empty: the id of a record, and of the parts of one. */
const isId = (place: Place, connector: Connector, object: string): boolean =>
  place.join('.') === connector.objects.get(object)?.id.join('.') || (place.length > 1 && place.at(-1) === 'id');

/** What the vendors themselves hold within bounds. */
const isBounded = (place: Place): boolean => /probability|orders_count/.test(String(place.at(-1)).toLowerCase());
const beyond: readonly string[] = ['negative', 'large'];

test.each([...connectors.keys()])('%s maps awkward records', { timeout: 60_000 }, async (key) => {
  const connector = connectors.get(key);
  if (connector === undefined) throw new Error(`no connector ${key}`);
  const { cases } = await loadCases(files.get(key) ?? '');
  let tried = 0;
  for (const { case: one } of cases) {
    const object = connector.objects.get(one.object);
    if (object === undefined || one.event.record === null) continue;
    const check = createSchemaCheck(resources.get(object.resource ?? '') ?? {}, 'case-failed');
    const { settings } = checkInstance(connector, { settings: one.settings ?? {} });
    for (const place of placesOf(one.native).filter((each) => !isId(each, connector, one.object))) {
      for (const [name, make] of Object.entries(awkward)) {
        if (isBounded(place) && beyond.includes(name)) continue;
        const native = changed(one.native, place, make);
        const about = `${one.name}: ${place.join('.')} ${name}`;
        const record = await object.mapping.apply(native, { settings, object: one.object }).catch((error: unknown) => {
          throw new Error(about, { cause: error });
        });
        expect(check(record, undefined), about).toEqual([]);
        tried += 1;
      }
    }
  }
  expect(tried).toBeGreaterThan(500);
});
