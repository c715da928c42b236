/**
 * Paths into JSON values: `paging.next.after`, `[0].errorCode`, `['@odata.nextLink']`, and the empty path for the
 * whole value. A step is a property name or, in brackets, an array index; quotes in brackets keep dots in a name.
 */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';

/** Steps from the root of a JSON value to a part of it. */
export type Path = readonly (string | number)[];

const STEP = /\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\.?([^.[\]\s]+)/y;

interface Scan {
  readonly steps: readonly (string | number)[];
  /** Offset of the first character that is no step; null when all is read. */
  readonly stoppedAt: number | null;
}

function scan(text: string): Scan {
  const steps: (string | number)[] = [];
  let offset = 0;
  while (offset < text.length) {
    STEP.lastIndex = offset;
    const match = STEP.exec(text);
    const leadingDot = offset === 0 && text.startsWith('.');
    const missingDot = offset > 0 && match?.[4] !== undefined && text[offset] !== '.';
    if (match === null || leadingDot || missingDot) return { steps, stoppedAt: offset };
    const [whole, index, single, double, name] = match;
    const quoted = single ?? double;
    if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) steps.push(quoted.replace(/\\(.)/g, '$1'));
    else if (name !== undefined) steps.push(name);
    offset += whole.length;
  }
  return { steps, stoppedAt: null };
}

/** What is wrong with a path that a person wrote; empty when it reads well. */
export function checkPath(text: string): readonly Diagnostic[] {
  const { stoppedAt } = scan(text);
  if (stoppedAt === null) return [];
  return [
    {
      code: 'connector-path',
      severity: 'error',
      message: `The path "${text}" cannot be read at "${text.slice(stoppedAt)}".`,
      help: "Write names with dots between them, indexes as [0], and names that hold dots as ['a.b'].",
      span: { start: stoppedAt, end: text.length },
    },
  ];
}

/**
 * The steps of a path. Total: the part of a path that `checkPath` refuses is taken as one name, which no usual
 * value has, so that reading along it yields undefined.
 */
export function parsePath(text: string): Path {
  const { steps, stoppedAt } = scan(text);
  return stoppedAt === null ? steps : [...steps, text.slice(stoppedAt)];
}

/** The value at a path, or undefined where a step has nothing to stand on. Reads own properties only. */
export function readPath(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    if (Array.isArray(current) !== (typeof step === 'number') || !Object.hasOwn(current, step)) return undefined;
    current = Reflect.get(current, step);
  }
  return current;
}

/** A copy of a value with another value at a path; objects that the path needs are made, all else is shared. */
export function writePath(value: unknown, path: Path, written: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return written;
  if (typeof step === 'number') {
    const items: unknown[] = Array.isArray(value) ? [...value] : [];
    items[step] = writePath(items[step], rest, written);
    return items;
  }
  const properties = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
  properties.set(step, writePath(properties.get(step), rest, written));
  return Object.fromEntries(properties);
}
