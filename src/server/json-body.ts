/** Request bodies: JSON and nothing else. */
import type { FastifyInstance } from 'fastify';
import { findJsonProblem } from '../connector/json-syntax.ts';
import { isTooDeep } from '../diagnostic/nesting.ts';
import { lineAndColumn, type WireDiagnostic } from './wire-diagnostic.ts';

/** The body is no JSON, JSON that nests too deep, or that tries to change the prototypes of our objects. */
export class BodyMalformed extends Error {
  readonly diagnostics: readonly WireDiagnostic[];
  constructor(diagnostic: WireDiagnostic) {
    super(diagnostic.message);
    this.name = 'BodyMalformed';
    this.diagnostics = [diagnostic];
  }
}

/** Makes the server read JSON bodies, and no other media type. An empty body is no body. */
export function acceptJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, text, done) => {
    const body = String(text);
    if (body === '') return done(null, undefined);
    return parseJson(request, body, (error, value) =>
      done(error === null && !isTooDeep(value) ? null : malformed(body), value),
    );
  });
}

const severity = 'error';

function malformed(body: string): BodyMalformed {
  const problem = findJsonProblem(body);
  if (problem === null) {
    const message = 'The body has a property named __proto__, or constructor with a prototype in it.';
    return new BodyMalformed({ code: 'usage', severity, message, help: 'Choose other names.' });
  }
  const { message, help, span } = problem;
  const place = { span, ...lineAndColumn(body, span.start) };
  return new BodyMalformed({ code: 'usage', severity, message, ...(help !== undefined && { help }), ...place });
}
