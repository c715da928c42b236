/** A parsed search. */
export type Search =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Search[] }
  | { readonly kind: 'not'; readonly part: Search }
  | Term;

export type Comparator = ':' | ':<' | ':<=' | ':>' | ':>=';

/** One condition; without a field it searches the object's default texts. */
export interface Term {
  readonly kind: 'term';
  readonly field: string | undefined;
  readonly comparator: Comparator;
  readonly value: Value;
}

export interface Value {
  /** With its escapes resolved, and without the `*` of a prefix. */
  readonly text: string;
  /** Written in quotes: then it is one phrase, and `*` is a character like any other. */
  readonly isQuoted: boolean;
  /** A bare word that ended in `*`. */
  readonly isPrefix: boolean;
}
