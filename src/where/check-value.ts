/** Brings a value of the where into the type of the field it is compared with. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Field, FieldType, Value } from './ast.ts';
import { printNumeric, readNumeric } from './decimal.ts';
import { printField, printText, printValue } from './print.ts';
import { literalScalar, operandScalar } from './scalar.ts';
import { timeRemedy } from './time-remedy.ts';

type Literal = Exclude<Value, { kind: 'parameter' | 'null' }>;

/** The value in the field’s type. Where it has no such meaning, a diagnostic is added and the value stays as it was. */
export function checkValue(value: Value, field: Field, diagnostics: Diagnostic[]): Value {
  if (value.kind === 'parameter' || value.kind === 'null') return value;
  const typed = convert(value, field);
  if (typed === null) {
    tell(wrongType(value, field), diagnostics);
    return value;
  }
  if (isWrittenOddly(value, typed, field)) {
    tell(
      {
        code: 'where-legacy-form',
        severity: 'hint',
        message: `${printValue(value)} is read as ${describe(field.type)}.`,
        help: `Write ${printValue(typed)}.`,
        span: value.span,
      },
      diagnostics,
    );
  }
  return typed;
}

/** Takes the place of a hint on how the same value is read, which knew nothing of the field. */
function tell(diagnostic: Diagnostic, diagnostics: Diagnostic[]): void {
  const at = diagnostics.findIndex(
    ({ span, severity }) => severity === 'hint' && span?.start === diagnostic.span?.start,
  );
  if (at < 0) diagnostics.push(diagnostic);
  else diagnostics[at] = diagnostic;
}

/** Quoted numbers and booleans, and unquoted text. Instants and days are as good in quotes, and ids are often digits. */
function isWrittenOddly(value: Literal, typed: Literal, field: Field): boolean {
  if (value.kind === 'text') return typed.kind === 'number' || typed.kind === 'boolean';
  return typed.kind === 'text' && field.type !== 'id';
}

function convert(value: Literal, field: Field): Literal | null {
  switch (field.type) {
    case 'number':
      return value.kind === 'number' ? value : value.kind === 'text' ? toNumber(value) : null;
    case 'boolean':
      return value.kind === 'boolean' ? value : value.kind === 'text' ? toBoolean(value, field) : null;
    case 'timestamp':
      return toTimestamp(value, field);
    case 'date':
      return toDate(value, field);
    default:
      return toText(value, field);
  }
}

function toNumber(value: Literal & { kind: 'text' }): Literal | null {
  const numeric = readNumeric(value.text);
  const text = numeric === undefined ? null : printNumeric(numeric);
  return text === null ? null : { kind: 'number', text, span: value.span };
}

function toBoolean(value: Literal & { kind: 'text' }, field: Field): Literal | null {
  const scalar = literalScalar(value.text, field);
  return typeof scalar === 'boolean' ? { kind: 'boolean', value: scalar, span: value.span } : null;
}

const noBindings = { parameters: {}, nowMs: 0 };

function toTimestamp(value: Literal, field: Field): Literal | null {
  if (value.kind === 'now' || value.kind === 'timestamp') return value;
  const scalar = value.kind === 'boolean' ? undefined : operandScalar(value, field, noBindings);
  return typeof scalar === 'number' ? { kind: 'timestamp', epochMs: scalar, span: value.span } : null;
}

function toDate(value: Literal, field: Field): Literal | null {
  if (value.kind === 'now' || value.kind === 'date') return value;
  if (value.kind === 'number' || value.kind === 'boolean') return null;
  const scalar = operandScalar(value, field, noBindings);
  return typeof scalar === 'string' ? { kind: 'date', day: scalar, span: value.span } : null;
}

function toText(value: Literal, field: Field): Literal | null {
  if (value.kind === 'text') return value;
  if (value.kind === 'timestamp' || value.kind === 'now') return null;
  const scalar = operandScalar(value, field, noBindings);
  return typeof scalar === 'string' ? { kind: 'text', text: scalar, span: value.span } : null;
}

function wrongType(value: Literal, field: Field): Diagnostic {
  return {
    code: 'where-wrong-type',
    severity: 'error',
    message: `${printValue(value)} is no ${field.type}, which ${printField(field.name)} is.`,
    help: remedy(value, field),
    span: value.span,
  };
}

/** How other tools mark a place to be filled in, and names of parameters without their colon. */
const placeholder = /^[$@{%?][A-Za-z_{(]|^\?$|^(?:since|until)$/;

function remedy(value: Literal, field: Field): string {
  if (value.kind === 'text' && placeholder.test(value.text))
    return 'Write a parameter, such as :since, where a value is filled in.';
  if (value.kind === 'text' && /^:[A-Za-z_]\w*$/.test(value.text))
    return `Write a parameter without quotes: ${value.text}.`;
  switch (field.type) {
    case 'number':
      return 'Write digits without quotes: 100 or -2.5.';
    case 'boolean':
      return 'Write true or false.';
    case 'timestamp':
    case 'date':
      return timeRemedy(value, field);
    default:
      return `Write text in single quotes: ${printText(value.kind === 'timestamp' ? printValue(value) : 'text')}.`;
  }
}

function describe(type: FieldType): string {
  return type === 'enum' || type === 'id' || type === 'text' ? 'text' : `a ${type}`;
}
