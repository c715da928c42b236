/** Where two JSON values differ, part by part. */
import { pointerTo } from './findings.ts';

export interface Difference {
  /** Into the expected value, or to where the value that is too much would stand. */
  readonly pointer: string;
  readonly message: string;
}

/** Every part that differs, at its JSON pointer. The order of properties does not count. */
export function differences(expected: unknown, actual: unknown, pointer: string): readonly Difference[] {
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length) {
    return expected.flatMap((item: unknown, index) => differences(item, actual[index], pointerTo(pointer, index)));
  }
  if (isObject(expected) && isObject(actual)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return names.flatMap((name) => differences(own(expected, name), own(actual, name), pointerTo(pointer, name)));
  }
  if (JSON.stringify(expected) === JSON.stringify(actual)) return [];
  return [{ pointer, message: `${pointer}: expected ${show(expected)}, got ${show(actual)}.` }];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function own(value: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing';
}
