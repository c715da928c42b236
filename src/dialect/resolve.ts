/** A connector’s own version of a dialect. */
import type { Dialect } from '../definition/dialect.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { checkDialect } from './check.ts';
import { contradiction, pointerTo } from './contradiction.ts';

export interface ResolvedDialect {
  /** null when an override has another shape than what it replaces. */
  readonly dialect: Dialect | null;
  /** Pointers are relative to the override. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Templates and lists: an override replaces them whole. */
const wholes = new Set(['emit', 'empty', 'whole', 'wrap', 'escape', 'quote']);

/**
 * The base with an override merged in, by RFC 7396: objects merge, null takes a property away, anything else
 * replaces. Templates are replaced whole. The result is to be held against the schema like any dialect.
 */
export function resolveDialect(base: Dialect, override: Readonly<Record<string, unknown>>): ResolvedDialect {
  const { extends: _base, ...changes } = override;
  const misshapen = findMisshapen(base, changes, '');
  if (misshapen.length > 0) return { dialect: null, diagnostics: misshapen };
  const dialect = merge(base, changes) as Dialect;
  return { dialect, diagnostics: checkDialect(dialect) };
}

function merge(base: unknown, change: unknown): unknown {
  if (!isPlain(change)) return change;
  const kept = isPlain(base) ? base : {};
  const merged = new Map(Object.entries(kept));
  for (const [key, value] of Object.entries(change)) {
    if (value === null) merged.delete(key);
    else merged.set(key, wholes.has(key) ? value : merge(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** Where an object stands for a plain value or the other way round. */
function findMisshapen(base: unknown, change: unknown, pointer: string): Diagnostic[] {
  if (!isPlain(base) || !isPlain(change)) {
    return base === undefined || isPlain(base) === isPlain(change)
      ? []
      : [
          contradiction(
            pointer,
            'This does not have the shape of what it overrides.',
            'See the dialect that is extended.',
          ),
        ];
  }
  return Object.entries(change).flatMap(([key, value]) =>
    value === null || wholes.has(key) ? [] : findMisshapen(base[key], value, pointerTo(pointer, key)),
  );
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
