/** The where of a detection, compiled to the vendor's query. */
import type { Dialect } from '../definition/dialect.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { compileQuery } from '../dialect/compile.ts';
import type { CompiledQuery } from '../dialect/query.ts';
import type { Field, Fields, Normal } from '../where/ast.ts';
import { checkWhere } from '../where/check.ts';
import type { Findings } from './findings.ts';

export interface QueryContext {
  readonly fields: Fields;
  readonly dialect: Dialect | null;
  /** The cursor field, which the where has to bound. */
  readonly field: string;
  readonly pushdown: boolean;
  /** Whether the bound :since itself belongs to the window; null where it does not matter. */
  readonly bound: 'inclusive' | 'exclusive' | null;
  /** Parameters beside the window's: the field that each is compared with. */
  readonly parameters: Readonly<Record<string, Field>>;
}

/** null when it cannot be used; then the findings say why. */
export function linkQuery(
  text: string,
  context: QueryContext,
  pointer: string,
  findings: Findings,
): CompiledQuery | null {
  const { fields, dialect, field, pushdown } = context;
  const parameters = new Map(Object.entries(context.parameters).map(([name, { type }]) => [name, type]));
  const { where, diagnostics } = checkWhere(text, fields, { windowParameters: true, parameters });
  findings.addAll(diagnostics, pointer);
  if (where === null || dialect === null) return null;
  if (fields.has(field) && !boundsBelow(where.normal, field)) {
    findings.add({
      code: 'connector-window-unbound',
      message: `The where does not bound "${field}" by :since, so every poll would read everything.`,
      help: `Add it with AND: ${field} >= :since.`,
      pointer,
    });
    return null;
  }
  checkBound(where.normal, context, pointer, findings);
  const query = compileQuery(where, dialect);
  if (pushdown) tellUnpushed(query, pointer, findings);
  return query;
}

/** A connector's own where should cost the vendor, not us: what its dialect cannot say is worth knowing. */
function tellUnpushed({ where, predicates }: CompiledQuery, pointer: string, findings: Findings): void {
  for (const { text, pushed, reason } of predicates) {
    if (pushed !== 'no') continue;
    const start = where.text.indexOf(text);
    findings.add({
      code: 'dialect-operator-missing',
      ...(text.includes(':until') ? upperBoundMissing(text) : missing(text, reason)),
      pointer,
      ...(start >= 0 && { span: { start, end: start + text.length } }),
    });
  }
}

type Told = Pick<Diagnostic, 'severity' | 'message' | 'help'>;

function missing(text: string, reason: string): Told {
  return {
    severity: 'warning',
    message: `The dialect cannot express ${text}: every record of the rest is read, and this is evaluated here.`,
    help: `Because ${reason}.`,
  };
}

/** It costs the records of the last moments alone, and many an API has a lower bound only. */
function upperBoundMissing(text: string): Told {
  return {
    severity: 'hint',
    message: `The vendor is not asked for ${text}: what is newer is read too, and left to the next window.`,
    help: 'That is well where its API takes no upper bound; where it does, override the dialect with that parameter.',
  };
}

/** Windows follow each other without a gap, so the bound belongs to one of them; a walk goes on after its last moment. */
function checkBound(where: Normal, { field, bound }: QueryContext, pointer: string, findings: Findings): void {
  const operators = lowerBounds(where, field);
  if (bound === 'inclusive' && operators.includes('>')) {
    findings.add({
      code: 'connector-cursor-contradiction',
      message: `A record whose ${field} is the bound itself belongs to no window: the one before ends there, and this one leaves it out.`,
      help: `Write ${field} >= :since. When the vendor's own bound is exclusive, say so by "inclusive": false.`,
      pointer,
    });
  }
  if (bound === 'exclusive' && !operators.includes('>')) {
    findings.add({
      code: 'connector-cursor-contradiction',
      message: `The walk goes on after a moment that it has read to its end, and this where begins with it again.`,
      help: `Write ${field} > :since; "ties" is for the records of the moment itself.`,
      pointer,
    });
  }
}

/** Whether every record that passes has a cursor field of at least :since. */
function boundsBelow(where: Normal, field: string): boolean {
  return lowerBounds(where, field).length > 0;
}

/** The operators by which the where bounds the field from below by :since. */
function lowerBounds(where: Normal, field: string): readonly ('=' | '>=' | '>')[] {
  switch (where.kind) {
    case 'and':
      return where.args.flatMap((arg) => lowerBounds(arg, field));
    case 'compare': {
      const { op } = where;
      const isLower = op === '=' || op === '>=' || op === '>';
      return isLower && where.field.name === field && isSince(where.value) ? [op] : [];
    }
    case 'between':
      return where.field.name === field && !where.negated && isSince(where.low) ? ['>='] : [];
    default:
      return [];
  }
}

function isSince(value: { readonly kind: string; readonly name?: string }): boolean {
  return value.kind === 'parameter' && value.name === 'since';
}
