/** What makes two readings of a record the same version. Pure. */
import { createHash } from 'node:crypto';
import type { ConnectorObject } from '../connector/connector.ts';
import { readPath } from '../template/path.ts';

/** JSON with the keys of every object in order, so that equal values have equal texts. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`;
}

/**
 * The version of a native record: its version fields as the vendor wrote them, and a hash of its content where
 * those fields alone may stand for two versions (an update time in whole seconds).
 */
export function recordVersion(native: unknown, definition: ConnectorObject['version']): string {
  const fields = definition.fields.map((field) => canonicalJson(readPath(native, field.path) ?? null)).join('|');
  if (!definition.hash) return fields;
  const content =
    native !== null && typeof native === 'object' && !Array.isArray(native)
      ? Object.fromEntries(Object.entries(native).filter(([key]) => !definition.ignore.includes(key)))
      : native;
  return `${fields}#${createHash('sha256').update(canonicalJson(content)).digest('base64url').slice(0, 22)}`;
}
