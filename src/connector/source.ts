/**
 * A JSON or YAML file read with the place of everything in it, so that a diagnostic shows the line and column
 * that the person wrote. YAML 1.2 reads JSON too, which gives JSON files their places.
 */
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair } from 'yaml';
import type { Diagnostic, Place, Span } from '../diagnostic/diagnostic.ts';
import { isTooDeep } from '../diagnostic/nesting.ts';
import { nestsTooDeep, scanJson } from './json-syntax.ts';
import { mapOffsets, type ScalarStyle } from './offset-map.ts';
import { parseYaml, type YamlDocument } from './yaml-document.ts';

export interface Source {
  readonly file: string;
  /** Undefined when the file could not be read. */
  readonly value: unknown;
  readonly diagnostics: readonly Diagnostic[];
  /**
   * Where the value at a JSON pointer stands; the nearest part above it when there is no such value.
   * With a span, which counts in the text value, the part of that text.
   */
  place(pointer: string, span?: Span): Place;
  /** Where the name of the property at a JSON pointer stands. */
  placeOfName(pointer: string): Place;
}

/**
 * Reads `.json` as JSON and everything else as YAML. Duplicate keys are errors in both.
 * @param hasSecrets the file holds secrets: no diagnostic quotes it, and nobody shows the lines that its places are in.
 */
export function parseSource(file: string, text: string, { hasSecrets = false } = {}): Source {
  const placed = once(() => placeParts(file, text, hasSecrets));
  const read = file.endsWith('.json') ? readJson(text) : readYaml(placed());
  const { value } = read;
  const problems = hasSecrets ? read.problems.map(unquoted) : read.problems;
  return {
    file,
    value,
    diagnostics: problems.map(({ message, help, span }) => ({
      code: 'file-syntax',
      severity: 'error',
      message,
      ...(help === undefined ? {} : { help }),
      place: placed().placeAt(span),
    })),
    place: (pointer, span) => {
      const { document, placeAt } = placed();
      return placeAt(spanOf(find(document, pointer).value, text, span));
    },
    placeOfName: (pointer) => {
      const { document, placeAt } = placed();
      const { name, value: found } = find(document, pointer);
      return placeAt(spanOf(name ?? found, text));
    },
  };
}

interface Placed extends YamlDocument {
  placeAt(span: Span): Place;
}

/** Costs many times the reading of a JSON file, of which mostly nobody asks a place. */
function placeParts(file: string, text: string, hasSecrets: boolean): Placed {
  const lines = new LineCounter();
  return {
    ...parseYaml(text, lines),
    placeAt(span) {
      const start = lines.linePos(span.start);
      const end = lines.linePos(span.end);
      return {
        file,
        line: Math.max(1, start.line),
        column: Math.max(1, start.col),
        endLine: Math.max(1, end.line),
        endColumn: Math.max(1, end.col),
        ...(hasSecrets && { hasSecrets }),
      };
    },
  };
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

interface Problem {
  readonly message: string;
  /** The message for a file with secrets, where the message itself quotes the file. */
  readonly unquoted?: string;
  readonly help?: string;
  readonly span: Span;
}

interface Read {
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

function unquoted({ unquoted: message, ...problem }: Problem): Problem {
  return message === undefined ? problem : { ...problem, message };
}

const standsTwice = { message: 'This property stands twice.', help: 'Keep one of them: only the last would count.' };

function readJson(text: string): Read {
  const { problem, duplicates } = scanJson(text);
  if (problem !== null) return { value: undefined, problems: [problem] };
  return {
    value: JSON.parse(text.replace(/^\uFEFF/, '')) as unknown,
    problems: duplicates.map((span) => ({ ...standsTwice, span })),
  };
}

const start: Span = { start: 0, end: 0 };

function readYaml({ document, deepAt }: YamlDocument): Read {
  if (deepAt !== null)
    return { value: undefined, problems: [{ ...nestsTooDeep, span: { start: deepAt, end: deepAt } }] };
  const problems = document.errors.map(({ code, message, pos: [start, end] }) => ({
    ...(code === 'DUPLICATE_KEY' ? standsTwice : { message, unquoted: `This is no well-formed YAML (${code}).` }),
    span: { start, end },
  }));
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return { value: undefined, problems };
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    // An alias may stand for what holds it.
    return isTooDeep(value) ? { value: undefined, problems: [{ ...nestsTooDeep, span: start }] } : { value, problems };
  } catch (error) {
    // An alias without its anchor, or so many that the value would explode.
    const message = error instanceof Error ? error.message : String(error);
    const unquoted = 'An alias (*name) has no anchor (&name), or there are too many.';
    return { value: undefined, problems: [{ message, unquoted, span: start }] };
  }
}

interface Found {
  readonly name: Node | null;
  readonly value: Node | null;
}

/** RFC 6901 §4, as far as there is something to find. */
function find(document: Document, pointer: string): Found {
  let found: Found = { name: null, value: asNode(document.contents) };
  for (const step of pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))) {
    const node = isAlias(found.value) ? asNode(found.value.resolve(document)) : found.value;
    const next = isSeq(node)
      ? { name: null, value: asNode(node.items[Number(step)]) }
      : isMap(node)
        ? member(node.items, step)
        : null;
    if (next === null || (next.name === null && next.value === null)) return found;
    found = next;
  }
  return found;
}

/** The last of its name, as that is the one that counts. */
function member(pairs: readonly Pair[], name: string): Found | null {
  const pair = pairs.findLast(({ key }) => isScalar(key) && String(key.value) === name);
  return pair === undefined ? null : { name: asNode(pair.key), value: asNode(pair.value) ?? asNode(pair.key) };
}

function asNode(value: unknown): Node | null {
  return value !== null && typeof value === 'object' && 'range' in value ? (value as Node) : null;
}

const styles: Readonly<Record<string, ScalarStyle>> = {
  QUOTE_DOUBLE: 'double',
  QUOTE_SINGLE: 'single',
  PLAIN: 'plain',
  BLOCK_FOLDED: 'block',
  BLOCK_LITERAL: 'block',
};

function spanOf(node: Node | null, text: string, within?: Span): Span {
  if (node === null || node.range === null || node.range === undefined) return { start: 0, end: 0 };
  const [start, end] = node.range;
  const whole = { start, end };
  if (within === undefined || !isScalar(node) || typeof node.value !== 'string') return whole;
  const style = styles[node.type ?? ''];
  if (style === undefined) return whole;
  const quoted = style === 'double' || style === 'single';
  const from = style === 'block' ? text.indexOf('\n', start) + 1 : quoted ? start + 1 : start;
  const offsetInFile = mapOffsets(node.value, text.slice(from, quoted ? end - 1 : end), from, style);
  return offsetInFile === null ? whole : { start: offsetInFile(within.start), end: offsetInFile(within.end) };
}
