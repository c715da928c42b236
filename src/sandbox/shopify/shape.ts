import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import type { RecordShape } from '../record-shape.ts';
import { complete } from './complete.ts';
import { isId, keptId, makeId } from './ids.ts';
import { instantAt, renderTime } from './times.ts';

const stampOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && instantAt(value) !== undefined ? value : undefined;

/** Shopify records: nested, stamped in whole seconds of the shop's time; a deleted record is gone, and only the sandbox keeps it. */
export const shape: RecordShape = {
  id: makeId,
  isId: (_object, text) => isId(text),
  build: (object, id, given, atMs) => {
    const createdAt = stampOf(given.created_at) ?? renderTime(atMs);
    const updatedAt = stampOf(given.updated_at) ?? createdAt;
    return complete(object, { ...given, id: keptId(id), created_at: createdAt, updated_at: updatedAt });
  },
  merge: (before, changes) => ({ ...before, ...changes }),
  stamp: (object, before, after, atMs) => {
    const at = renderTime(atMs);
    // A record that comes back from the deleted ones is no longer one of them.
    const { deleted_at: _restored, ...live } = after;
    const own = after.updated_at === before.updated_at ? undefined : stampOf(after.updated_at);
    return complete(object, {
      ...live,
      ...(Array.isArray(live.variants) ? { variants: stampVariants(before.variants, live.variants, at) } : {}),
      id: before.id ?? null,
      created_at: stampOf(after.created_at) ?? stampOf(before.created_at) ?? at,
      updated_at: own ?? at,
    });
  },
  remove: (_object, before, atMs) => ({ ...before, deleted_at: renderTime(atMs) }),
  version: (_object, record) => stampOf(record.deleted_at) ?? stampOf(record.updated_at) ?? '',
  modifiedAtMs: (_object, record) => instantAt(record.updated_at) ?? 0,
};

/** A variant has stamps of its own, which move with its own changes alone. */
function stampVariants(before: Json | undefined, after: readonly Json[], at: string): readonly Json[] {
  const known = Array.isArray(before) ? before : [];
  return after.map((variant: Json) => {
    if (!isJsonObject(variant)) return variant;
    const old = known.find((one: Json): one is JsonObject => isJsonObject(one) && one.id === variant.id);
    const merged = { ...old, ...variant };
    return isDeepStrictEqual(merged, old) ? merged : { created_at: at, ...merged, updated_at: at };
  });
}
