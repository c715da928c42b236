export type Literal =
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'instant'; readonly text: string; readonly atMs: number; readonly isDay: boolean }
  | { readonly kind: 'guid'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' };

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';
export type TextTest = 'contains' | 'startswith' | 'endswith';

/** A column, after any names that lead to another row: `primarycontactid/fullname`. */
export type Path = readonly string[];

/** Arguments of a Microsoft.Dynamics.CRM function, as text. */
export interface CrmArguments {
  readonly property: Path;
  readonly values: readonly string[];
}

export type Filter =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Path;
      readonly right: Literal | { readonly kind: 'path'; readonly path: Path };
    }
  | { readonly kind: 'text'; readonly test: TextTest; readonly path: Path; readonly text: string }
  | { readonly kind: 'crm'; readonly name: string; readonly given: CrmArguments }
  | {
      readonly kind: 'any' | 'all';
      readonly collection: Path;
      readonly variable: string;
      readonly part: Filter | undefined;
    };

export interface SortRule {
  readonly path: Path;
  readonly descending: boolean;
}
