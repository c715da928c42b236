/** A place in a statement, both counted from 1, as the vendor's messages count. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Value =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly value: number };

export type Comparator = '=' | '<' | '>' | '<=' | '>=' | 'LIKE' | 'IN';

export interface Criterion {
  readonly property: string;
  readonly comparator: Comparator;
  /** One value, except for IN. */
  readonly values: readonly Value[];
}

export interface SortRule {
  readonly property: string;
  readonly descending: boolean;
}

/** A parsed statement; names are not looked up yet. */
export interface Statement {
  readonly isCount: boolean;
  /** Names of a field list; empty for `*` and COUNT(*). */
  readonly properties: readonly string[];
  readonly entity: string;
  /** All of them must hold. */
  readonly criteria: readonly Criterion[];
  readonly orderBy: readonly SortRule[];
  readonly startPosition: number | undefined;
  readonly maxResults: number | undefined;
}
