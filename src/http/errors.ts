/** What a vendor's answer means: an answer to go on with, or a `Failure` with its code. Pure. */
import type { ErrorRule, HttpDefinition, RetryAfterRule } from '../definition/connector.ts';
import { Failure, type FailureCode } from '../diagnostic/failure.ts';
import { type Path, parsePath, readPath } from '../template/path.ts';
import { redact } from './redact.ts';
import { readRetryAfter } from './retry-after.ts';

/** An answer as the errors see it. */
export interface JudgedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined when the body is none. */
  readonly body: unknown;
  readonly dateMs: number | null;
}

export interface ErrorReader {
  /** The failure an answer means; null when it is none. `secrets` never reach the message. */
  read(answer: JudgedAnswer, context: ErrorContext): Failure | null;
}

export interface ErrorContext {
  /** Method and path, as messages name the request. */
  readonly request: string;
  readonly secrets: readonly string[];
  readonly nowMs: number;
}

/** What the codes of answers mean for trying again. Not here: false. */
const RETRYABLE: ReadonlySet<FailureCode> = new Set([
  'vendor-throttled',
  'vendor-unavailable',
  'vendor-answer-unreadable',
  'credentials-expired',
  'cursor-expired',
]);

/** Where vendors' error texts usually stand, OAuth 2.0 (RFC 6749 §5.2) and RFC 9457 included; after the definition's own. */
const USUAL_MESSAGES = [
  'error.message',
  'error_description',
  'message',
  '[0].message',
  'errors[0].message',
  'errors',
  'detail',
  'title',
  'error',
].map(parsePath);

interface Rule {
  readonly rule: ErrorRule;
  readonly path: Path | null;
  readonly names: Path | null;
}

/** Compiles the definition's error rules and message paths. */
export function compileErrors(definition: Pick<HttpDefinition, 'errors' | 'message' | 'retryAfter'>): ErrorReader {
  const rules: readonly Rule[] = (definition.errors ?? []).map((rule) => ({
    rule,
    path: rule.path === undefined ? null : parsePath(rule.path),
    names: rule.names === undefined ? null : parsePath(rule.names),
  }));
  const messages = [...(definition.message ?? []).map(parsePath), ...USUAL_MESSAGES];
  return {
    read(answer, context) {
      const { rule, names = null } = rules.find((candidate) => matches(candidate, answer)) ?? {};
      const code = rule?.failure ?? codeOf(answer.status);
      return code === null
        ? null
        : failureOf(code, answer, context, { rule, names, messages, retryAfter: definition.retryAfter });
    },
  };
}

/** The vendor's own error text at the first path that has one; null without. Not redacted. */
export function vendorMessage(body: unknown, paths: readonly Path[] = USUAL_MESSAGES): string | null {
  for (const path of paths) {
    const value = readPath(body, path);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
    if (typeof value === 'object' && value !== null && path.at(-1) === 'errors') return JSON.stringify(value);
  }
  return null;
}

function matches({ rule, path }: Rule, answer: JudgedAnswer): boolean {
  if (rule.status !== undefined && !rule.status.includes(answer.status)) return false;
  if (path === null) return rule.status !== undefined;
  const value = readPath(answer.body, path);
  if (rule.contains !== undefined && !(typeof value === 'string' && value.includes(rule.contains))) return false;
  if (rule.equals === undefined) return value !== undefined && value !== null;
  return (
    (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') &&
    String(value) === rule.equals
  );
}

/** The general rules by status (RFC 9110 §15, RFC 6585 §4); null for success. */
function codeOf(status: number): FailureCode | null {
  // 304 comes only to who asked with If-None-Match: nothing has changed.
  if ((status >= 200 && status < 300) || status === 304) return null;
  if (status >= 500) return 'vendor-unavailable';
  const known: Readonly<Record<number, FailureCode>> = {
    401: 'credentials-expired',
    403: 'scope-missing',
    404: 'not-found',
    408: 'vendor-throttled',
    425: 'vendor-throttled',
    429: 'vendor-throttled',
  };
  return known[status] ?? 'request-refused';
}

/** Names, and nothing that could be more: they stand in what people are told. */
const aName = /^[\w.:/-]{1,100}$/;

function namedIn(value: unknown): string | null {
  const found = (Array.isArray(value) ? value : [value]).filter(
    (name): name is string => typeof name === 'string' && aName.test(name),
  );
  return found.length === 0 ? null : found.join(', ');
}

interface Reading {
  readonly rule: ErrorRule | undefined;
  readonly names: Path | null;
  readonly messages: readonly Path[];
  readonly retryAfter: RetryAfterRule | undefined;
}

function failureOf(code: FailureCode, answer: JudgedAnswer, context: ErrorContext, reading: Reading): Failure {
  const { rule, names, messages, retryAfter } = reading;
  const retryable = RETRYABLE.has(code);
  const said = vendorMessage(answer.body, messages);
  const found = names === null ? null : namedIn(readPath(answer.body, names));
  const named = found === null ? null : redact(found, context.secrets);
  const message = `${context.request} was answered ${answer.status}${said === null ? '.' : `: ${said}`}`;
  const waitMs = retryable
    ? (readRetryAfter(answer.headers, retryAfter, answer.dateMs ?? context.nowMs) ?? rule?.retryAfterMs)
    : undefined;
  return new Failure(code, redact(message, context.secrets), {
    retryable,
    detail: {
      status: answer.status,
      request: redact(context.request, context.secrets),
      ...(said !== null && { said: redact(said, context.secrets) }),
      ...(named !== null && { names: named }),
    },
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    ...(rule?.help === undefined ? {} : { help: named === null ? rule.help : `${rule.help} Here: ${named}.` }),
  });
}
