/** What values a field can still have after some predicates that must all hold. */
import type { CompareOperator, Field, Predicate, Value } from './ast.ts';
import { compareScalars, operandScalar, type Scalar } from './scalar.ts';

interface Bound {
  readonly scalar: Scalar;
  readonly isOpen: boolean;
}

export class Feasible {
  private mustBeNull = false;
  private mustHaveValue = false;
  /** null: any. */
  private allowed: Scalar[] | null;
  private readonly excluded: Scalar[] = [];
  private low: Bound | null = null;
  private high: Bound | null = null;
  private isEmpty = false;

  constructor(private readonly field: Field) {
    this.allowed = field.type === 'boolean' ? [true, false] : null;
  }

  /** Adds a predicate; true when it is the one that leaves nothing. */
  narrow(predicate: Predicate): boolean {
    if (this.isEmpty) return false;
    if (predicate.kind === 'null' && !predicate.negated) this.mustBeNull = true;
    else this.mustHaveValue = true;
    this.restrict(predicate);
    this.isEmpty = this.mustBeNull ? this.mustHaveValue : this.mustHaveValue && this.hasNoValue();
    return this.isEmpty;
  }

  private restrict(predicate: Predicate): void {
    switch (predicate.kind) {
      case 'compare':
        this.compare(predicate.op, predicate.value);
        break;
      case 'between':
        if (predicate.negated) break;
        this.compare('>=', predicate.low);
        this.compare('<=', predicate.high);
        break;
      case 'in': {
        const literals = predicate.values.map((value) => literalOf(value, this.field));
        const known = literals.filter((literal) => literal !== undefined);
        if (predicate.negated) this.excluded.push(...known);
        else if (known.length === literals.length) this.allow(known);
        break;
      }
      default:
    }
  }

  private compare(op: CompareOperator, value: Value): void {
    const scalar = literalOf(value, this.field);
    if (scalar === undefined) return;
    if (op === '=') this.allow([scalar]);
    else if (op === '!=') this.excluded.push(scalar);
    else {
      const bound = { scalar, isOpen: op === '<' || op === '>' };
      if (op === '>' || op === '>=') this.low = tighter(this.low, bound, 1);
      else this.high = tighter(this.high, bound, -1);
    }
  }

  private allow(scalars: readonly Scalar[]): void {
    this.allowed = (this.allowed ?? scalars).filter((scalar) => includes(scalars, scalar));
  }

  private hasNoValue(): boolean {
    if (this.allowed !== null) return !this.allowed.some((scalar) => this.isInside(scalar));
    if (this.low === null || this.high === null) return false;
    const order = compareScalars(this.low.scalar, this.high.scalar);
    return order > 0 || (order === 0 && !this.isInside(this.low.scalar));
  }

  private isInside(scalar: Scalar): boolean {
    return !includes(this.excluded, scalar) && isWithin(scalar, this.low, 1) && isWithin(scalar, this.high, -1);
  }
}

/** The scalar of a literal; undefined for what is known only when bound. */
export function literalOf(value: Value, field: Field): Scalar | undefined {
  if (value.kind === 'parameter' || value.kind === 'now') return undefined;
  return operandScalar(value, field, { parameters: {}, nowMs: 0 });
}

function includes(scalars: readonly Scalar[], scalar: Scalar): boolean {
  return scalars.some((other) => compareScalars(other, scalar) === 0);
}

/** `direction` is 1 for a lower bound, -1 for an upper. */
function isWithin(scalar: Scalar, bound: Bound | null, direction: 1 | -1): boolean {
  if (bound === null) return true;
  const order = compareScalars(scalar, bound.scalar) * direction;
  return order > 0 || (order === 0 && !bound.isOpen);
}

function tighter(a: Bound | null, b: Bound, direction: 1 | -1): Bound {
  if (a === null) return b;
  const order = compareScalars(a.scalar, b.scalar) * direction;
  return order > 0 || (order === 0 && a.isOpen) ? a : b;
}
