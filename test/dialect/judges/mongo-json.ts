/**
 * Filter documents as mingo and sift evaluate them. Two words of MongoDB are put in JavaScript's first: {$date: …} of
 * extended JSON is a Date, and a pattern of PCRE, in which \z is the end of the text, a RegExp over code points.
 */
import { Query } from 'mingo';
import * as siftPackage from 'sift';
import { regExpOf } from '../readers/mongo-json.ts';
import { kinds, type Reader, type Row } from '../readers/reader.ts';
import type { Judge } from './judge.ts';

type Document = Readonly<Record<string, unknown>>;
type Test = (document: Document) => boolean;

function engine(compile: (filter: Readonly<Record<string, unknown>>) => Test): Reader {
  const known = new WeakMap<object, Test>();
  return (native, row) => {
    if (native.kind !== 'tree' || native.tree === null || typeof native.tree !== 'object') throw new Error('no filter');
    const test = known.get(native.tree) ?? compile(inJavaScript(native.tree) as Readonly<Record<string, unknown>>);
    known.set(native.tree, test);
    return test(documentOf(row));
  };
}

function inJavaScript(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inJavaScript);
  if (value === null || typeof value !== 'object') return value;
  if ('$date' in value) return new Date(String(value.$date));
  if ('$regex' in value) return { $regex: regExpOf(value.$regex, '$options' in value ? value.$options : undefined) };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inJavaScript(inner)]));
}

function documentOf(row: Row): Document {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      kinds[name] === 'time' && value !== null ? new Date(Number(value)) : value,
    ]),
  );
}

export const mingo: Judge = {
  by: 'mingo',
  reader: engine((filter) => {
    const query = new Query(filter);
    return (document) => query.test(document);
  }),
};

export const sift: Judge = { by: 'sift', reader: engine((filter) => siftPackage.default.default(filter)) };
