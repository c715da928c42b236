/** A parsed SOQL statement. Positions are offsets in the statement's text. */
export interface SoqlQuery {
  readonly select: readonly SelectItem[];
  readonly from: Name;
  readonly alias: string | undefined;
  readonly where: Condition | undefined;
  readonly orderBy: readonly SortRule[];
  readonly limit: number | undefined;
  readonly offset: number | undefined;
}

/** A name or a dotted path as written. */
export interface Name {
  readonly text: string;
  readonly position: number;
}

export type SelectItem =
  | { readonly kind: 'field'; readonly path: Name }
  | { readonly kind: 'fields'; readonly group: 'ALL' | 'STANDARD' | 'CUSTOM'; readonly position: number }
  | { readonly kind: 'count'; readonly position: number };

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'IN' | 'NOT IN' | 'INCLUDES' | 'EXCLUDES';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | { readonly kind: 'compare'; readonly path: Name; readonly operator: Operator; readonly values: readonly Literal[] }
  | { readonly kind: 'semiJoin'; readonly path: Name; readonly negated: boolean; readonly query: SoqlQuery };

export type Literal =
  | { readonly kind: 'string'; readonly raw: string; readonly text: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'dateTime'; readonly atMs: number }
  | { readonly kind: 'date'; readonly atMs: number }
  | { readonly kind: 'dateLiteral'; readonly name: string; readonly count: number | undefined };

export interface SortRule {
  readonly path: Name;
  readonly descending: boolean;
  readonly nullsLast: boolean;
}
