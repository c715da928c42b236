/** A field as a vendor’s language knows it: what each predicate on it needs, worked out once for all of them. */
import type { Dialect, TextLiteral } from '../definition/dialect.ts';
import type { Field, Fields } from '../where/ast.ts';
import { fillText } from './fill.ts';
import type { OperatorName } from './operator-name.ts';
import { ownField, vendorName } from './own-field.ts';
import { regExp } from './reg-exp.ts';
import { TextForm } from './text-literal.ts';
import { findOperator, type Usable, usable } from './usable.ts';

export class VendorField {
  /** The field as the vendor writes it. */
  readonly text: string;
  /** Why no predicate on it can be asked for; null when some may be. */
  readonly refusal: string | null;
  private readonly found = new Map<OperatorName, Usable | string>();
  private readonly forms = new Map<OperatorName, TextForm>();

  constructor(
    readonly field: Field,
    readonly dialect: Dialect,
  ) {
    this.text = fillText(dialect.field?.emit ?? '{name}', { name: vendorName(field.name, dialect) });
    this.refusal = refusalOf(field, dialect);
  }

  /** The vendor’s operator, or the reason it cannot be used. */
  usable(name: OperatorName): Usable | string {
    let found = this.found.get(name);
    if (found === undefined) {
      found = usable(name, this.field, this.dialect);
      this.found.set(name, found);
    }
    return found;
  }

  /** How text is written for one of the vendor’s operators. */
  textForm(name: OperatorName): TextForm {
    let form = this.forms.get(name);
    if (form === undefined) {
      const found = this.usable(name);
      const isWider = typeof found !== 'string' && !found.isExact;
      form = textFormOf(name, this.field, this.dialect, isWider);
      this.forms.set(name, form);
    }
    return form;
  }
}

/** The fields of an object in one dialect. */
export class VendorFields {
  private readonly linked = new Map<string, VendorField>();

  constructor(
    private readonly fields: Fields,
    readonly dialect: Dialect,
  ) {}

  get(name: string): VendorField | undefined {
    const before = this.linked.get(name);
    const field = before === undefined ? this.fields.get(name) : undefined;
    if (field === undefined) return before;
    const linked = new VendorField(field, this.dialect);
    this.linked.set(name, linked);
    return linked;
  }
}

const known = new WeakMap<Dialect, WeakMap<Fields, VendorFields>>();

/** Neither the dialect nor the fields may change any more. */
export function vendorFields(fields: Fields, dialect: Dialect): VendorFields {
  const ofDialect = known.get(dialect) ?? new WeakMap<Fields, VendorFields>();
  known.set(dialect, ofDialect);
  const found = ofDialect.get(fields) ?? new VendorFields(fields, dialect);
  ofDialect.set(fields, found);
  return found;
}

function refusalOf(field: Field, dialect: Dialect): string | null {
  if (!field.filterable) return `the vendor cannot filter on ${field.name}`;
  const own = ownField(field.name, dialect)?.operators;
  if (own === undefined && Object.keys(dialect.operators).length === 0 && dialect.onlyFields !== true) {
    return 'the vendor takes no filter';
  }
  if (own === undefined && dialect.onlyFields === true) return `the vendor cannot filter on ${field.name}`;
  const { allowed } = dialect.field ?? {};
  return allowed !== undefined && !regExp(allowed).test(vendorName(field.name, dialect))
    ? `the vendor's language cannot name the field ${field.name}`
    : null;
}

const wholeTexts: ReadonlySet<OperatorName> = new Set(['=', '!=', '<', '<=', '>', '>=', 'in', 'not in']);

function textFormOf(name: OperatorName, field: Field, dialect: Dialect, isWider: boolean): TextForm {
  const type = field.type === 'enum' || field.type === 'id' ? field.type : 'text';
  const base = dialect.literals[type] ?? dialect.literals.text ?? {};
  const literal: TextLiteral = { ...base, ...findOperator(name, field, dialect)?.literals?.[type] };
  const { list } = dialect.literals;
  const isListed = name === 'in' || name === 'not in';
  return new TextForm({
    // Such a vendor would take empty text for no value.
    literal:
      dialect.emptyTextIsNull === true ? { ...literal, minLength: Math.max(1, literal.minLength ?? 0) } : literal,
    builder: dialect.builder,
    isFoldedPiece: isWider && !wholeTexts.has(name),
    ...(isListed && list !== undefined && dialect.builder !== 'tree' && { separator: list.separator }),
  });
}
