/** Holds a where against the fields of an object. */
import type { Diagnostic, Span } from '../diagnostic/diagnostic.ts';
import { isUsable } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/nearest-name.ts';
import type { Expr, Field, FieldRef, Fields, FieldType, Predicate, Value, Where } from './ast.ts';
import { checkOperator } from './check-operator.ts';
import { checkValue } from './check-value.ts';
import { findConstantParts } from './constant-parts.ts';
import { normalise } from './normalise.ts';
import { parseWhere } from './parser.ts';
import { printField, printText, shorten } from './print.ts';

export interface CheckOptions {
  /** Parameters that callers may bind besides the window’s, with their types. */
  readonly parameters?: ReadonlyMap<string, FieldType>;
  /** Declares `:since` and `:until`, the bounds of a poll’s window. */
  readonly windowParameters?: boolean;
}

export interface CheckedWhere {
  /** null when something keeps the where from being used. */
  readonly where: Where | null;
  readonly diagnostics: Diagnostic[];
}

const windowNames: ReadonlySet<string> = new Set(['since', 'until']);

/**
 * Parses a where and checks it: fields exist, operators and values fit their types, window bounds stand where a poll
 * can use them; parts that are always true or false are warned of. Values come out in the type of their field.
 */
export function checkWhere(text: string, fields: Fields, options: CheckOptions = {}): CheckedWhere {
  const { expr, diagnostics, named } = parseWhere(text);
  const check = new Check(fields, options, diagnostics);
  if (expr === null) {
    for (const field of named) check.name(field);
    return { where: null, diagnostics: inOrder(diagnostics) };
  }
  const typed = check.expr(expr, false);
  if (!isUsable(diagnostics)) return { where: null, diagnostics: inOrder(diagnostics) };
  const normal = normalise(typed);
  diagnostics.push(...findConstantParts(normal, fields));
  return {
    where: { text, expr: typed, normal, fields, parameters: check.used },
    diagnostics: inOrder(diagnostics),
  };
}

function inOrder(diagnostics: Diagnostic[]): Diagnostic[] {
  if (diagnostics.length < 2) return diagnostics;
  return diagnostics.toSorted((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
}

class Check {
  /** Parameters met so far, with the type of the field they are compared with. */
  readonly used = new Map<string, FieldType>();
  private readonly hasWindow: boolean;

  constructor(
    private readonly fields: Fields,
    private readonly options: CheckOptions,
    private readonly diagnostics: Diagnostic[],
  ) {
    this.hasWindow = options.windowParameters === true;
  }

  /** The expression with typed values. `isLoose`: an OR or a NOT stands above, so it need not hold for a record. */
  expr(expr: Expr, isLoose: boolean): Expr {
    switch (expr.kind) {
      case 'and':
        return { ...expr, args: expr.args.map((arg) => this.expr(arg, isLoose)) };
      case 'or':
        return { ...expr, args: expr.args.map((arg) => this.expr(arg, true)) };
      case 'not':
        return { ...expr, arg: this.expr(expr.arg, true) };
      default:
        return this.predicate(expr, isLoose || ('negated' in expr && expr.negated));
    }
  }

  /** A diagnostic when the object has no such field. */
  name(ref: FieldRef): void {
    if (!this.fields.has(ref.name)) this.diagnostics.push(this.unknownField(ref));
  }

  private predicate(predicate: Predicate, isLoose: boolean): Predicate {
    const field = this.fields.get(predicate.field.name);
    if (field === undefined) {
      const turnedRound = this.turnedRound(predicate);
      // What is hinted about its parts says to keep them where they are.
      if (turnedRound !== null) this.dropHints(predicate.span);
      this.diagnostics.push(turnedRound ?? this.unknownField(predicate.field));
      return predicate;
    }
    const unfit = checkOperator(predicate, field);
    if (unfit !== null) {
      this.diagnostics.push(unfit);
      return predicate;
    }
    const typed = (value: Value): Value => this.value(value, field, isLoose);
    switch (predicate.kind) {
      case 'compare':
      case 'match': {
        const value = typed(predicate.value);
        return value === predicate.value ? predicate : { ...predicate, value };
      }
      case 'in':
        return { ...predicate, values: predicate.values.map(typed) };
      case 'between':
        return { ...predicate, low: typed(predicate.low), high: typed(predicate.high) };
      case 'like':
        return { ...predicate, pattern: typed(predicate.pattern) };
      case 'null':
        return predicate;
    }
  }

  private value(value: Value, field: Field, isLoose: boolean): Value {
    if (value.kind !== 'parameter') {
      const typed = checkValue(value, field, this.diagnostics);
      if (value.kind === 'text' && isBare(value) && this.fields.has(value.text)) this.fieldAsValue(value);
      return typed;
    }
    this.parameter(value.name, value.span, field);
    if (isLoose && this.hasWindow && windowNames.has(value.name)) {
      this.diagnostics.push({
        code: 'where-time-bound-misplaced',
        severity: 'error',
        message: `:${value.name} stands under OR or NOT, where it does not bound the window.`,
        help: `Join it to the rest with AND: ${printField(field.name)} ${value.name === 'since' ? '>=' : '<'} :${value.name} AND (…).`,
        span: value.span,
      });
    }
    return value;
  }

  /** Says of a word in the place of a value that it is a field: to compare two is what was probably meant. */
  private fieldAsValue(value: Value & { kind: 'text' }): void {
    const at = this.diagnostics.findIndex(({ span }) => span?.start === value.span.start);
    const said = this.diagnostics[at];
    if (said === undefined) return;
    this.diagnostics[at] = {
      ...said,
      message: `${printField(value.text)} is a field, and fields are not compared with each other.`,
      help:
        said.severity === 'error' ? 'Write a value.' : `Write ${printText(value.text)} if the word itself is meant.`,
    };
  }

  private parameter(name: string, span: Span, field: Field): void {
    const own = this.options.parameters?.get(name);
    const type = own ?? (this.hasWindow && windowNames.has(name) ? 'timestamp' : undefined);
    if (type === undefined) {
      this.diagnostics.push(this.unknownParameter(name, span));
      return;
    }
    const before = this.used.get(name);
    this.used.set(name, before === 'timestamp' ? before : field.type);
    if (family(type) === family(field.type)) return;
    this.diagnostics.push({
      code: 'where-wrong-type',
      severity: 'error',
      message: `:${name} is ${articled(type)}, the field ${printField(field.name)} ${articled(field.type)}.`,
      help: 'Compare it with a field of its own type.',
      span,
    });
  }

  /** `'won' = stage`: the value where the field should stand, and the other way round. */
  private turnedRound(predicate: Predicate): Diagnostic | null {
    if (predicate.kind !== 'compare' || predicate.value.kind !== 'text') return null;
    const { field, op, value, span } = predicate;
    if (!isBare(value) || !this.fields.has(value.text)) return null;
    return {
      code: 'where-unknown-field',
      severity: 'error',
      message: `The field ${printField(value.text)} stands on the right of ${op}, and ${shorten(field.name)} on the left is none.`,
      help: `Write ${printField(value.text)} ${turned[op]} ${shorten(printText(field.name))}.`,
      span,
    };
  }

  private dropHints({ start, end }: Span): void {
    const isInside = ({ severity, span }: Diagnostic): boolean =>
      severity === 'hint' && span !== undefined && span.start >= start && span.end <= end;
    this.diagnostics.splice(0, Infinity, ...this.diagnostics.filter((each) => !isInside(each)));
  }

  private unknownField(field: FieldRef): Diagnostic {
    const names = [...this.fields.keys()];
    const nearest = nearestName(field.name, names);
    return {
      code: 'where-unknown-field',
      severity: 'error',
      message: `The object has no field ${printField(field.name)}.`,
      help:
        nearest === null ? listNames('Its fields are', names.map(printField)) : `Did you mean ${printField(nearest)}?`,
      span: field.span,
    };
  }

  private unknownParameter(name: string, span: Span): Diagnostic {
    const names = [...(this.hasWindow ? windowNames : []), ...(this.options.parameters?.keys() ?? [])];
    const nearest = nearestName(name, names);
    return {
      code: 'where-unknown-parameter',
      severity: 'error',
      message: `No parameter :${name} is given here.`,
      help:
        nearest !== null
          ? `Did you mean :${nearest}?`
          : names.length === 0
            ? 'Write the value itself.'
            : listNames(
                'Given are',
                names.map((known) => `:${known}`),
              ),
      span,
    };
  }
}

/** A word without quotes around it. */
function isBare({ text, span }: Value & { kind: 'text' }): boolean {
  return span.end - span.start === text.length;
}

/** Each comparison read from the right. */
const turned = { '=': '=', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

const mostNamesListed = 12;

function listNames(lead: string, names: readonly string[]): string {
  if (names.length === 0) return 'It declares no fields.';
  const more = names.length - mostNamesListed;
  return `${lead} ${names.slice(0, mostNamesListed).join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}

/** Types whose values can stand for each other. */
function family(type: FieldType): string {
  if (type === 'enum' || type === 'id') return 'text';
  return type === 'date' ? 'timestamp' : type;
}

function articled(type: FieldType): string {
  return type === 'text' ? 'text' : type === 'id' || type === 'enum' ? `an ${type}` : `a ${type}`;
}
