/** The request to a token endpoint, and what its errors mean. */
import type { TokenRequest } from '../../definition/connector.ts';
import { Failure } from '../../diagnostic/failure.ts';
import { compileTemplate } from '../../template/compile.ts';
import type { TemplateValues } from '../../template/template.ts';
import { readBody, unreadable } from '../answer.ts';
import { dateOf } from '../answer-date.ts';
import { type ErrorReader, vendorMessage } from '../errors.ts';
import { compileTexts, type Headers, mergeHeaders, renderTexts, requireHeaders } from '../headers.ts';
import { redact } from '../redact.ts';
import type { WireAnswer, WireRequest } from '../wire.ts';
import { compileAssertion } from './assertion.ts';
import type { AuthContext } from './authenticator.ts';
import { encodeBasic } from './basic.ts';
import type { Credentials } from './vault.ts';

/** Clocks that differ by less are no reason to be refused. */
const MAX_SKEW_MS = 30_000;

/**
 * Compiles the request. The function returned asks once and gives the body of a successful answer.
 * @throws Failure `credentials-refused` with the endpoint's own words, `vendor-throttled`, `vendor-unavailable`,
 * `vendor-answer-unreadable`, `address-forbidden` where the context's `tokenHosts` say so, and what `Wire.exchange` throws.
 */
export function compileTokenRequest(
  definition: TokenRequest,
  context: AuthContext,
  secrets: () => readonly string[],
): (credentials: Credentials, more?: Readonly<Record<string, string>>) => Promise<unknown> {
  const url = compileTemplate(definition.url).template;
  const form = compileTexts(definition.form);
  const json = compileTexts(definition.json);
  const extra = compileTexts(definition.headers);
  const basic = definition.basic?.map((text) => compileTemplate(text).template);

  // An assertion is good for minutes by the endpoint's clock, which may be further from ours than that.
  let clockSkewMs = 0;
  const endpointNow = (): number => context.now() + clockSkewMs;
  const assertion = definition.assertion === undefined ? null : compileAssertion(definition.assertion, endpointNow);

  function encodedBasic(values: TemplateValues): string {
    const [user = '', password = ''] = (basic ?? []).map((template) => template.renderText(values));
    return encodeBasic(user, password);
  }

  function headersOf(values: TemplateValues): Headers {
    const layers: Headers[] = [
      { accept: 'application/json', 'user-agent': context.userAgent },
      { 'content-type': definition.json ? 'application/json' : 'application/x-www-form-urlencoded' },
      basic === undefined ? {} : { authorization: `Basic ${encodedBasic(values)}` },
      renderTexts(extra, values),
    ];
    return requireHeaders(mergeHeaders(...layers), 'credentials-refused');
  }

  /** Learns the endpoint's clock; answers whether it was far from what an assertion was made for. */
  function learnClock({ headers, headAtMs }: WireAnswer): boolean {
    const dateMs = dateOf({ headers, headAtMs });
    if (assertion === null || dateMs === null) return false;
    const beforeMs = clockSkewMs;
    clockSkewMs = dateMs - headAtMs;
    return Math.abs(clockSkewMs - beforeMs) > MAX_SKEW_MS;
  }

  async function ask(
    credentials: Credentials,
    more: Readonly<Record<string, string>>,
    mayAskAgain: boolean,
  ): Promise<unknown> {
    const known = { ...more, settings: context.settings, credentials };
    const target = url.renderText(known);
    if (!URL.canParse(target)) throw noUrl();
    context.tokenHosts?.require(new URL(target));
    const signed = assertion === null ? {} : { assertion: await assertion(known) };
    const values = { ...known, ...signed };
    const body = definition.json
      ? JSON.stringify(renderTexts(json, values))
      : new URLSearchParams(renderTexts(form, values)).toString();
    const request: WireRequest = {
      method: 'POST',
      url: new URL(target),
      headers: headersOf(values),
      body,
      timeoutMs: context.timeoutMs,
      redirects: 0,
    };
    // It serves many senders and ends with none of them; its time is bounded by its timeout.
    const answer = await context.wire.exchange(request, new AbortController().signal);
    const read = readBody(answer);
    const wasOff = learnClock(answer);
    const failure = failureOf(answer, read, context.errors, [
      ...secrets(),
      encodedBasic(values),
      ...Object.values(signed),
    ]);
    if (failure === null) return read;
    if (wasOff && mayAskAgain && failure.code === 'credentials-refused') return ask(credentials, more, false);
    throw failure;
  }

  return (credentials, more = {}) => ask(credentials, more, true);
}

/** The connector's words for it go first: vendors answer here as they do elsewhere, with codes of their own. */
function failureOf(answer: WireAnswer, body: unknown, errors: ErrorReader, secrets: readonly string[]): Failure | null {
  const dateMs = dateOf(answer);
  const context = { request: 'The token request', secrets, nowMs: answer.headAtMs };
  const failure = errors.read({ ...answer, body, dateMs }, context);
  if (failure !== null) {
    return isPassing(failure)
      ? failure
      : refused(failure.message, failure.help, { status: answer.status, isOAuth: hasError(body) });
  }
  // Some endpoints answer 200 and an error.
  if (hasError(body)) {
    const said = redact(vendorMessage(body) ?? 'an error', secrets);
    return refused(`The token request was answered ${answer.status}: ${said}`, undefined, {
      status: answer.status,
      isOAuth: true,
    });
  }
  return body === undefined || body === null ? unreadable(answer, 'The token request') : null;
}

const isPassing = ({ code }: Failure): boolean => code === 'vendor-unavailable' || code === 'vendor-throttled';

function hasError(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'error' in body && Boolean(body.error);
}

/** @param detail `isOAuth` is false when nothing shows that a token endpoint has answered (RFC 6749 §5.2). */
function refused(message: string, help: string | undefined, detail: { status: number; isOAuth: boolean }): Failure {
  return new Failure('credentials-refused', message, {
    retryable: false,
    help: help ?? 'Check the credentials of the instance; if access was revoked, connect the account again.',
    detail,
  });
}

function noUrl(): Failure {
  const help = 'Check the settings that name the host.';
  return new Failure('request-refused', 'The URL of the token endpoint cannot be read.', { retryable: false, help });
}
