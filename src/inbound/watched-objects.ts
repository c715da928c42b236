/** Which objects of an instance a change is of. Pure. */
import type { InboundChange } from './split.ts';

/** The objects that an instance has on. */
export interface WatchedObjects {
  /** Those of the connector. */
  readonly declared: ReadonlySet<string>;
  /** Those by name, by what the vendor's webhooks call them. */
  readonly byWord: ReadonlyMap<string, readonly string[]>;
}

/** @param named objects by name, each with the vendor's other name of it; null where none is known. */
export function watchedObjects(
  declared: readonly string[],
  named: readonly (readonly [name: string, alias: string | null])[],
): WatchedObjects {
  const byWord = new Map<string, string[]>();
  for (const [name, alias] of named) {
    for (const word of new Set([name, alias ?? name])) byWord.set(word, [...(byWord.get(word) ?? []), name]);
  }
  return { declared: new Set(declared), byWord };
}

/** One record may be that of a declared object and of one by name; none for what the instance does not have on. */
export function toldObjects(
  { object, named }: Pick<InboundChange, 'object' | 'named'>,
  { declared, byWord }: WatchedObjects,
): readonly string[] {
  const own = object !== null && declared.has(object) ? [object] : [];
  return [...own, ...(named === null ? [] : (byWord.get(named) ?? []))];
}
