import { describe, expect, it } from 'vitest';
import type { ErrorRule } from '../../src/definition/connector.ts';
import { compileErrors } from '../../src/http/errors.ts';

const context = { request: 'GET /contacts', secrets: ['s3cr3t-token'], nowMs: 0 };
const read = (
  status: number,
  body: unknown,
  definition: Parameters<typeof compileErrors>[0] = {},
  headers: Readonly<Record<string, string>> = {},
) => compileErrors(definition).read({ status, body, headers, dateMs: null }, context);

describe('the general rules', () => {
  it.each([
    [400, 'request-refused', false],
    [401, 'credentials-expired', true],
    [402, 'request-refused', false],
    [403, 'scope-missing', false],
    [404, 'not-found', false],
    [408, 'vendor-throttled', true],
    [423, 'request-refused', false],
    [425, 'vendor-throttled', true],
    [429, 'vendor-throttled', true],
    [302, 'request-refused', false],
    [500, 'vendor-unavailable', true],
    [503, 'vendor-unavailable', true],
    [599, 'vendor-unavailable', true],
  ])('%i is %s', (status, code, retryable) => {
    expect(read(status, undefined)).toMatchObject({
      code,
      retryable,
      message: `GET /contacts was answered ${status}.`,
    });
  });

  it('304 is none: it comes to who asked whether anything has changed', () => {
    expect(read(304, undefined)).toBeNull();
  });

  it.each([200, 201, 204])('%i is none', (status) => {
    expect(read(status, { error: { message: 'not looked at' } })).toBeNull();
  });
});

describe('the definition’s rules', () => {
  const errors: ErrorRule[] = [
    {
      status: [403],
      path: '[0].errorCode',
      equals: 'REQUEST_LIMIT_EXCEEDED',
      failure: 'vendor-throttled',
      retryAfterMs: 60_000,
    },
    { path: 'errors[0].extensions.code', equals: 'THROTTLED', failure: 'vendor-throttled' },
    { path: 'fault.error[0].code', equals: '3200', failure: 'credentials-expired' },
    { status: [400], path: 'category', failure: 'request-refused', help: 'Look at the category.' },
    { status: [477], failure: 'vendor-unavailable' },
  ];

  it.each([
    [403, [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }], 'vendor-throttled'],
    [403, [{ errorCode: 'API_DISABLED_FOR_ORG' }], 'scope-missing'],
    [200, { errors: [{ extensions: { code: 'THROTTLED' } }] }, 'vendor-throttled'],
    [403, { fault: { error: [{ code: 3200 }] } }, 'credentials-expired'],
    [400, { category: 'VALIDATION_ERROR' }, 'request-refused'],
    [477, {}, 'vendor-unavailable'],
  ])('%i %j is %s', (status, body, code) => {
    expect(read(status, body, { errors })).toMatchObject({ code });
  });

  it('carry help and the wait, unless a header says better', () => {
    const throttled = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED' }];
    expect(read(403, throttled, { errors })).toMatchObject({ retryAfterMs: 60_000 });
    expect(read(403, throttled, { errors }, { 'retry-after': '5' })).toMatchObject({ retryAfterMs: 5000 });
    expect(read(400, { category: 'x' }, { errors })).toMatchObject({ help: 'Look at the category.' });
  });

  it('measure an absolute time against the vendor’s clock', () => {
    const reader = compileErrors({ retryAfter: { header: 'X-Reset', unit: 'epoch-s' } });
    const answer = { status: 429, body: {}, headers: { 'x-reset': '1010' }, dateMs: 1_000_000 };
    expect(reader.read(answer, { ...context, nowMs: 5 })).toMatchObject({ retryAfterMs: 10_000 });
  });

  it('do not match on what every answer has', () => {
    expect(read(200, { id: 1 }, { errors: [{ failure: 'request-refused' }] })).toBeNull();
  });
});

describe('the message', () => {
  it.each([
    [{ message: 'The OAuth token expired.' }, 'The OAuth token expired.'],
    [[{ message: 'Session expired or invalid', errorCode: 'X' }], 'Session expired or invalid'],
    [{ error: { code: '0x1', message: 'Too many.' } }, 'Too many.'],
    [{ error: 'invalid_grant', error_description: 'expired access/refresh token' }, 'expired access/refresh token'],
    [{ errors: 'Not Found' }, 'Not Found'],
    [{ errors: { email: ['is invalid'] } }, '{"email":["is invalid"]}'],
    [{ title: 'Out of credit', status: 402 }, 'Out of credit'],
  ])('%j', (body, words) => {
    expect(read(400, body)?.message).toBe(`GET /contacts was answered 400: ${words}`);
  });

  it('is looked for where the definition says first', () => {
    const definition = { message: ['Fault.Error[0].Detail', 'fault.error[0].message'] };
    expect(read(400, { message: 'b', fault: { error: [{ message: 'a' }] } }, definition)?.message).toContain(': a');
  });

  it('holds no secret, and not half of one at the cut', () => {
    const failure = read(400, { message: `${'x'.repeat(450)} bad token s3cr3t-token here` });
    expect(failure?.message).not.toContain('s3cr');
    expect(failure?.message.length).toBeLessThanOrEqual(500);
  });
});
