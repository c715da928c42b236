/** Brings a value of the where into the type of the field it is compared with. */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Field, FieldType, Value } from './ast.ts';
import { printNumeric, readNumeric } from './decimal.ts';
import { parseInstant } from './instant.ts';
import { printField, printText, printValue } from './print.ts';
import { literalScalar, operandScalar } from './scalar.ts';

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
  switch (field.type) {
    case 'number':
      return 'Write digits without quotes: 100 or -2.5.';
    case 'boolean':
      return 'Write true or false.';
    case 'timestamp':
      return timeRemedy(value, field);
    case 'date':
      return "Write a day: '2026-01-31'.";
    default:
      return `Write text in single quotes: ${printText(value.kind === 'timestamp' ? printValue(value) : 'text')}.`;
  }
}

/** What people write for times that move. */
const movingTimes: Readonly<Record<string, string>> = {
  now: 'now()',
  today: 'now()',
  yesterday: 'now() - 1d',
  tomorrow: 'now() + 1d',
};
const looksLikeIso = /^\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:[Zz]|[+-]\d{2}:?\d{2})?)?$/;
const shortDay = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;

function timeRemedy(value: Literal, field: Field): string {
  const moving = value.kind === 'text' ? movingTimes[value.text.toLowerCase()] : undefined;
  if (moving !== undefined) return `Write ${moving}, or an instant: '2026-01-31T08:00:00Z'.`;
  if (value.kind === 'text' && looksLikeIso.test(value.text)) return 'No calendar or clock shows this.';
  const short = value.kind === 'text' ? shortDay.exec(value.text) : null;
  if (short !== null) {
    const [, year = '', month = '', day = ''] = short;
    return `Write ${printText(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`)}.`;
  }
  const american = value.kind === 'text' ? /^(\d{1,2})\/(\d{1,2})\/(\d{4})\b/.exec(value.text) : null;
  if (american !== null) {
    const [, month = '', day = '', year = ''] = american;
    const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    if (parseInstant(iso, 'UTC') !== null)
      return `Write the day as ${printText(iso)}, if the month stands first in it.`;
  }
  if (value.kind === 'number' && field.format === 'iso') {
    const epochMs = Number(value.text) * (value.text.length > 11 ? 1 : 1000);
    if (epochMs > 0 && epochMs <= 8.64e15)
      return `Write it as an instant: ${printText(new Date(epochMs).toISOString())}.`;
  }
  return "Write an instant, '2026-01-31T08:00:00Z', or a day, '2026-01-31'.";
}

function describe(type: FieldType): string {
  return type === 'enum' || type === 'id' || type === 'text' ? 'text' : `a ${type}`;
}
