import type { Json, JsonObject } from '../../json.ts';
import { instantAt, readTime } from '../times.ts';
import type { Comparator, Search, Term, Value } from './ast.ts';
import { defaultTexts, type Searchable, type SearchField, searchableOf } from './fields.ts';
import { parseSearch } from './parser.ts';

/** What the vendor says of a term that it dropped. */
export interface Warning {
  readonly field: string;
  readonly message: string;
  readonly code: 'invalid_field' | 'invalid_value';
}

export interface CompiledSearch {
  readonly keep: (record: JsonObject) => boolean;
  readonly warnings: readonly Warning[];
}

type Keep = CompiledSearch['keep'];

/**
 * Compiles a search of an object. A term with an unknown field, or with a value its field cannot have, is dropped with a warning and
 * the rest holds without it: a search of nothing but such terms finds every record. Throws TooDeep.
 */
export function compileSearch(object: string, source: string): CompiledSearch {
  const warnings: Warning[] = [];
  const search = parseSearch(source);
  const keep = search === undefined ? undefined : compile(searchableOf(object), search, warnings);
  return { keep: keep ?? (() => true), warnings };
}

/** Undefined where nothing is left. */
function compile(searchable: Searchable, search: Search, warnings: Warning[]): Keep | undefined {
  if (search.kind === 'term') return compileTerm(searchable, search, warnings);
  if (search.kind === 'not') {
    const part = compile(searchable, search.part, warnings);
    return part && ((record) => !part(record));
  }
  const parts = search.parts.flatMap((part) => compile(searchable, part, warnings) ?? []);
  if (parts.length === 0) return undefined;
  return search.kind === 'and'
    ? (record) => parts.every((part) => part(record))
    : (record) => parts.some((part) => part(record));
}

function compileTerm(searchable: Searchable, term: Term, warnings: Warning[]): Keep | undefined {
  if (term.field === undefined) {
    const test = compileText(term.value);
    return (record) => defaultTexts(searchable, record).some(test);
  }
  const { field: name, value } = term;
  const field = Object.hasOwn(searchable.fields, name) ? searchable.fields[name] : undefined;
  if (field === undefined) {
    warnings.push({ field: name, message: 'Invalid search field for this query.', code: 'invalid_field' });
    return undefined;
  }
  if (term.comparator === ':' && value.isPrefix && value.text === '') return (record) => field.read(record).length > 0;
  const test = compileValue(field, term.comparator, value);
  if (test === undefined) {
    warnings.push({ field: name, message: `Input \`${value.text}\` is not an accepted value.`, code: 'invalid_value' });
    return undefined;
  }
  return (record) => field.read(record).some(test);
}

type Test = (stored: Json) => boolean;

/** Undefined when the field cannot be compared so, or with such a value. */
function compileValue(field: SearchField, comparator: Comparator, value: Value): Test | undefined {
  switch (field.kind) {
    case 'id':
      return compileId(comparator, value.text);
    case 'number':
      return compileNumber(comparator, value.text);
    case 'time':
      return compileTime(comparator, value.text);
    case 'flag':
      return compileFlag(comparator, value.text);
    case 'choice':
      return compileChoice(field.options ?? [], comparator, value.text);
    case 'tag':
      return comparator === ':' ? compileTag(value) : undefined;
    default: {
      const test = compileText(value);
      return comparator === ':' ? (stored) => test(String(stored)) : undefined;
    }
  }
}

function holds(comparator: Comparator, order: number): boolean {
  if (comparator === ':') return order === 0;
  if (comparator === ':<') return order < 0;
  if (comparator === ':<=') return order <= 0;
  return comparator === ':>' ? order > 0 : order >= 0;
}

function compileId(comparator: Comparator, text: string): Test | undefined {
  if (!/^\d{1,19}$/.test(text)) return undefined;
  const bound = BigInt(text);
  return (stored) => {
    const id = BigInt(String(stored));
    return holds(comparator, id < bound ? -1 : id > bound ? 1 : 0);
  };
}

function compileNumber(comparator: Comparator, text: string): Test | undefined {
  if (!/^-?\d+(?:\.\d+)?$/.test(text)) return undefined;
  const bound = Number(text);
  return (stored) => holds(comparator, Number(stored) - bound);
}

/** Times compare by the second; a day, a month or a year stands for all of it. */
function compileTime(comparator: Comparator, text: string): Test | undefined {
  const span = readTime(text);
  if (span === undefined) return undefined;
  return (stored) => {
    const atMs = instantAt(stored);
    return atMs !== undefined && holds(comparator, atMs < span.fromMs ? -1 : atMs >= span.toMs ? 1 : 0);
  };
}

function compileFlag(comparator: Comparator, text: string): Test | undefined {
  if (comparator !== ':' || !/^(?:true|false)$/i.test(text)) return undefined;
  const wanted = text.toLowerCase() === 'true';
  return (stored) => stored === wanted;
}

function compileChoice(options: readonly string[], comparator: Comparator, text: string): Test | undefined {
  const wanted = text.toLowerCase();
  if (wanted === 'any' && comparator === ':') return () => true;
  return comparator === ':' && options.includes(wanted) ? (stored) => stored === wanted : undefined;
}

/** A tag is one value: the whole of it or its beginning, without case. */
function compileTag({ text, isPrefix }: Value): Test {
  const wanted = text.toLowerCase();
  return (stored) => {
    const tag = String(stored).toLowerCase();
    return isPrefix ? tag.startsWith(wanted) : tag === wanted;
  };
}

/** Text is compared by its words, one after the other, without case: `title:blue` finds "Blue shirt". */
function compileText({ text, isPrefix }: Value): (stored: string) => boolean {
  const wanted = wordsOf(text);
  const last = wanted.length - 1;
  const fits = (word: string | undefined, index: number): boolean => {
    const sought = wanted[index] ?? '';
    return word !== undefined && (isPrefix && index === last ? word.startsWith(sought) : word === sought);
  };
  return (stored) => {
    const words = wordsOf(stored);
    return last >= 0 && words.some((_, from) => wanted.every((_word, index) => fits(words[from + index], index)));
  };
}

const wordsOf = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
