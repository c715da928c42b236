/** Requests checked against the schemas of their route, with diagnostics a person can act on. */
import { createSchemaCheck } from '../connector/validate.ts';
import type { DiagnosticCode } from '../diagnostic/codes.ts';
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { JsonSchema } from './schemas/json-schema.ts';

/** Path parameters need no check: every text is a name, of something or of nothing. */
export type RequestPart = 'querystring' | 'body';

/** What is wrong with one part of a request. Thrown, because that is how fastify ends a request before its handler. */
export class RequestRejected extends Error {
  readonly part: RequestPart;
  readonly diagnostics: readonly Diagnostic[];
  constructor(part: RequestPart, diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0]?.message);
    this.name = 'RequestRejected';
    this.part = part;
    this.diagnostics = diagnostics;
  }
}

/** Either the value, with defaults filled in, or the error. */
export type PartCheck = (value: unknown) => { readonly value: unknown } | { readonly error: RequestRejected };

/** Compiles the check of one part of a request. */
export function compilePartCheck(schema: JsonSchema, part: RequestPart, path: string): PartCheck {
  const check = createSchemaCheck(schema, codeOf(part, path));
  return (given) => {
    const value = part === 'querystring' ? readQuery(schema, given) : given;
    const diagnostics = check(value);
    return diagnostics.length === 0 ? { value } : { error: new RequestRejected(part, diagnostics) };
  };
}

function codeOf(part: RequestPart, path: string): DiagnosticCode {
  return part === 'body' && path.startsWith('/v1/instances') ? 'instance-schema' : 'usage';
}

/** Query parameters are text: whole numbers are read where the schema wants them, and defaults filled in. */
function readQuery(schema: JsonSchema, query: unknown): Readonly<Record<string, unknown>> {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonSchema>>;
  const defaults = Object.entries(properties).filter(([, rules]) => rules['default'] !== undefined);
  const given = Object.entries((query ?? {}) as Readonly<Record<string, unknown>>).map(([name, value]) => {
    const isNumber = Object.hasOwn(properties, name) && properties[name]?.['type'] === 'integer';
    return [name, isNumber && typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value];
  });
  return {
    ...Object.fromEntries(defaults.map(([name, rules]) => [name, rules['default']])),
    ...Object.fromEntries(given),
  };
}
