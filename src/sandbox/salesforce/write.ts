import { Refusal } from '../answer.ts';
import type { Json, JsonObject } from '../json.ts';
import { apiError } from './answers.ts';
import { parseDay } from './dates.ts';
import { type Field, findField, type ObjectSchema } from './schema.ts';

/** Checks the fields of a create or update and answers them by their proper names; refuses what the vendor refuses. */
export function checkFields(schema: ObjectSchema, given: JsonObject, isCreate: boolean): JsonObject {
  const checked = Object.entries(given)
    .filter(([name]) => name !== 'attributes')
    .map(([name, value]): [string, Json] => {
      const field = findField(schema, name);
      if (field === undefined)
        refuseField('INVALID_FIELD', `No such column '${name}' on sobject of type ${schema.name}`);
      checkValue(field, value);
      return [field.name, value];
    });
  const record = Object.fromEntries(checked);
  const isEmpty = (field: Field): boolean =>
    isCreate ? (record[field.name] ?? '') === '' : record[field.name] === null || record[field.name] === '';
  const missing = schema.fields.filter((field) => field.required && isEmpty(field)).map((field) => field.name);
  if (missing.length > 0)
    refuseField('REQUIRED_FIELD_MISSING', `Required fields are missing: [${missing.join(', ')}]`, missing);
  return record;
}

function checkValue(field: Field, value: Json): void {
  if (!field.writable) {
    const reason =
      'Please check the security settings of this field and verify that it is read/write for your profile or permission set.';
    refuseField('INVALID_FIELD_FOR_INSERT_UPDATE', `Unable to create/update fields: ${field.name}. ${reason}`, [
      field.name,
    ]);
  }
  if (value === null) return;
  if (!fits(field, value)) {
    refuseField(
      'JSON_PARSER_ERROR',
      `Cannot deserialize instance of ${field.type} from value ${JSON.stringify(value)}`,
    );
  }
  if (typeof value === 'string' && value.length > field.length) {
    refuseField('STRING_TOO_LONG', `${field.name}: data value too large: ${value} (max length=${field.length})`, [
      field.name,
    ]);
  }
}

function fits(field: Field, value: Json): boolean {
  if (field.type === 'boolean') return typeof value === 'boolean';
  if (field.type === 'int') return Number.isInteger(value);
  if (field.type === 'double' || field.type === 'currency' || field.type === 'percent')
    return typeof value === 'number';
  if (field.type === 'date') return typeof value === 'string' && parseDay(value) !== undefined;
  return typeof value === 'string';
}

function refuseField(errorCode: string, message: string, fields: readonly string[] = []): never {
  throw new Refusal(apiError(400, errorCode, message, fields));
}
