/** Problem answers (RFC 9457, `application/problem+json`). */
import type { Diagnostic } from '../diagnostic/diagnostic.ts';
import type { Failure } from '../diagnostic/failure.ts';
import type { Answer } from './answer.ts';
import { wireDiagnostic } from './wire-diagnostic.ts';

/** Every kind of problem: append-only, like the codes of diagnostics. */
export const problems = {
  'request-malformed': { status: 400, title: 'The request cannot be read' },
  'request-invalid': { status: 400, title: 'The request does not have the right shape' },
  unauthorized: { status: 401, title: 'A valid API key is missing' },
  'not-found': { status: 404, title: 'Not found' },
  'method-not-allowed': { status: 405, title: 'The method is not for this resource' },
  'request-timeout': { status: 408, title: 'The request took too long to arrive' },
  conflict: { status: 409, title: 'Something else is under way' },
  'events-purged': { status: 410, title: 'Some of these events are no longer kept' },
  'too-large': { status: 413, title: 'The request body is too large' },
  'media-type-unsupported': { status: 415, title: 'The media type of the body is not understood' },
  rejected: { status: 422, title: 'The request was understood, but there are errors in it' },
  'headers-too-large': { status: 431, title: 'The request headers are too large' },
  internal: { status: 500, title: 'Internal error' },
  'upstream-failed': { status: 502, title: 'Another system failed' },
  unavailable: { status: 503, title: 'Not available just now' },
} as const;

export type ProblemCode = keyof typeof problems;

/** A body may be wrong in a hundred thousand places; nobody reads more than so many. */
const mostDiagnostics = 50;

export const problemMediaType = 'application/problem+json';

export interface ProblemExtras {
  readonly diagnostics?: readonly Diagnostic[];
  /** The document that the diagnostics point into, so that spans become lines and columns. */
  readonly document?: unknown;
  readonly failure?: Failure;
  /** The oldest event that can still be had. */
  readonly oldestSequence?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer that tells a problem. */
export function problemAnswer(code: ProblemCode, detail: string, extras: ProblemExtras = {}): Answer {
  const { status, title } = problems[code];
  const { diagnostics, document, failure, oldestSequence, headers } = extras;
  return {
    status,
    headers: { ...headers, 'content-type': problemMediaType },
    body: {
      type: `https://anyhook.dev/problems/${code}`,
      title,
      status,
      detail,
      code,
      ...(diagnostics !== undefined && {
        diagnostics: diagnostics.slice(0, mostDiagnostics).map((found) => wireDiagnostic(found, document)),
      }),
      ...(oldestSequence !== undefined && { oldestSequence }),
      ...(failure !== undefined && { failure: wireFailure(failure) }),
    },
  };
}

/** The answer to what the runtime would not take: everything that is wrong with it, the first of it as the detail. */
export function rejectedAnswer(diagnostics: readonly Diagnostic[], document: unknown): Answer {
  return problemAnswer('rejected', summary(diagnostics), { diagnostics, document });
}

/** The first error, and how many more there are. */
export function summary(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const more = errors.length - 1;
  const first = errors[0]?.message ?? 'The request has errors.';
  return more > 0 ? `${first} And ${more} more ${more === 1 ? 'error' : 'errors'}.` : first;
}

function wireFailure({ code, message, retryable, help }: Failure): Readonly<Record<string, unknown>> {
  return { code, message, retryable, ...(help !== undefined && { help }) };
}
