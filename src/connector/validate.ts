/** JSON Schema with diagnostics that a person can act on. The only importer of ajv. */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { DiagnosticCode } from '../diagnostic/codes.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import { describeError } from './schema-error.ts';
import type { Source } from './source.ts';

/**
 * Checks a value; with the source it was read from, diagnostics carry places too. A value of the wrong shape gives
 * diagnostics with JSON pointers; a valid one gives none.
 */
export type SchemaCheck = (value: unknown, source?: Source) => Diagnostic[];

// One for all, as each compiles the schema of schemas for itself; it knows the schemas that it has compiled.
const ajv = new Ajv2020({
  addUsedSchema: false,
  allErrors: true,
  verbose: true,
  discriminator: true,
  allowUnionTypes: true,
  strictRequired: false,
});
addFormats.default(ajv);

/**
 * A check by a JSON Schema (2020-12), which is compiled when something is first checked by it: most routes of a server
 * are never called. The check throws an Error when the schema itself is wrong, which is a bug of ours.
 */
export function createSchemaCheck(schema: Readonly<Record<string, unknown>>, code: DiagnosticCode): SchemaCheck {
  return (value, source) => {
    const validate = ajv.compile(schema);
    if (validate(value)) return [];
    const found = relevant(validate.errors ?? []).map((error) => {
      const { message, help, pointer, marksName } = describeError(error, schema);
      const place = marksName ? source?.placeOfName(pointer) : source?.place(pointer);
      return {
        code,
        severity: 'error' as const,
        message,
        ...(help === null ? {} : { help }),
        pointer,
        ...(place && { place }),
      };
    });
    // A missing kind is an error of the discriminator, whose remedy is better, and of the list of what is required.
    return found.filter(
      (one, index) =>
        !found.some((other, at) => at > index && other.pointer === one.pointer && other.message === one.message),
    );
  };
}

/**
 * What a person needs of all errors. Where a value fits none of several forms, ajv reports every form: kept are the
 * errors of the forms that have the value's type, and of these of the forms that know all its properties, or else one
 * error that names the types.
 */
function relevant(errors: readonly ErrorObject[]): ErrorObject[] {
  const choices = errors.filter((error) => error.keyword === 'oneOf' || error.keyword === 'anyOf');
  const isBranchOf = (choice: ErrorObject, error: ErrorObject) =>
    error !== choice && error.instancePath.startsWith(choice.instancePath) && isUnder(choice, error);
  const dropped = new Set<ErrorObject>();
  for (const choice of choices) {
    const branches = errors.filter((error) => isBranchOf(choice, error));
    const mismatches = branches.filter(
      (error) => error.keyword === 'type' && error.instancePath === choice.instancePath,
    );
    for (const error of mismatches) dropped.add(error);
    if (branches.length > mismatches.length) dropped.add(choice);
    for (const error of ofOtherForms(choice, errors)) dropped.add(error);
  }
  // The name that breaks a rule is reported by propertyNames; the rule's own error has the same place.
  return errors.filter((error) => !dropped.has(error) && error.propertyName === undefined);
}

/** Errors of the forms that do not know a property of the value, where another form knows them all. */
function ofOtherForms(choice: ErrorObject, errors: readonly ErrorObject[]): readonly ErrorObject[] {
  // Verbose errors carry the schema they are of: that of a form tells the forms apart.
  const ofForms = errors.filter(
    (error) =>
      error.instancePath === choice.instancePath &&
      error.parentSchema !== choice.parentSchema &&
      (error.keyword === 'required' || error.keyword === 'additionalProperties'),
  );
  const strange = new Set(
    ofForms.filter(({ keyword }) => keyword === 'additionalProperties').map(({ parentSchema }) => parentSchema),
  );
  const isKnown = ofForms.some(({ parentSchema }) => !strange.has(parentSchema));
  return isKnown ? ofForms.filter(({ parentSchema }) => strange.has(parentSchema)) : [];
}

/** Errors under a $ref have the schema path of its target, so branches are told by where in the value they are. */
function isUnder(choice: ErrorObject, error: ErrorObject): boolean {
  if (error.schemaPath.startsWith(`${choice.schemaPath}/`)) return true;
  const target = choice.schema as readonly { readonly $ref?: string }[];
  return (
    Array.isArray(target) && target.some(({ $ref }) => $ref !== undefined && error.schemaPath.startsWith(`${$ref}/`))
  );
}
