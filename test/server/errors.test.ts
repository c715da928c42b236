import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failure, type FailureCode, failureCodes } from '../../src/diagnostic/failure.ts';
import { createLog } from '../../src/engine/log.ts';
import { errorAnswer } from '../../src/server/error-answer.ts';
import { close, listen } from '../../src/server/listen.ts';
import { createServer } from '../../src/server/server.ts';
import { type AServer, startAServer } from './a-server.ts';

let server: AServer;
beforeAll(async () => {
  server = await startAServer();
});
afterAll(() => server.close());

const statusOf = (code: FailureCode, retryable: boolean): number =>
  errorAnswer(new Failure(code, 'It went wrong.', { retryable })).status;

describe('failures', () => {
  it.each([
    ['lease-lost', true, 409],
    ['vendor-unreachable', true, 503],
    ['vendor-throttled', true, 503],
    ['vendor-answer-unreadable', false, 502],
    ['credentials-refused', false, 502],
    ['store-locked', false, 503],
    ['store-unavailable', true, 503],
    ['store-unavailable', false, 503],
    ['store-corrupt', false, 500],
    ['secret-key-wrong', false, 500],
    ['internal', true, 500],
  ] as const)('%s (retryable: %s) is answered %s', (code, retryable, status) => {
    expect(statusOf(code, retryable)).toBe(status);
  });

  it('never look like a mistake of the client, but where somebody else was there first', () => {
    const conflicts: readonly FailureCode[] = ['lease-lost', 'instance-moved'];
    for (const code of Object.keys(failureCodes) as FailureCode[]) {
      for (const retryable of [true, false]) {
        if (!conflicts.includes(code)) expect([code, statusOf(code, retryable) >= 500]).toEqual([code, true]);
      }
    }
  });

  it('say when to come back, in whole seconds', () => {
    const failure = new Failure('vendor-throttled', 'Slow down.', {
      retryable: true,
      retryAfterMs: 1_200,
      help: 'Wait.',
    });
    const { headers, body } = errorAnswer(failure);
    expect(headers?.['retry-after']).toBe('2');
    expect(body).toMatchObject({
      detail: 'Slow down.',
      failure: { code: 'vendor-throttled', message: 'Slow down.', retryable: true, help: 'Wait.' },
    });
  });
});

describe('bugs', () => {
  it('are answered 500 with the request id and nothing else, and logged with their stack', async () => {
    const lines: string[] = [];
    const log = createLog('info', {
      write: (line: string) => lines.push(line) > 0,
    } as unknown as NodeJS.WritableStream);
    const buggy = createServer({ runtime: server.runtime, log });
    buggy.get('/bug', () => {
      throw new TypeError('TOPSECRET of the inside');
    });
    const url = await listen(buggy, { port: 0 });
    const answer = await fetch(`${url}/bug`);
    const body = (await answer.json()) as Record<string, unknown>;
    await close(buggy);
    expect(answer.status).toBe(500);
    expect(Object.keys(body).sort()).toEqual(['code', 'detail', 'requestId', 'status', 'title', 'type']);
    expect(JSON.stringify(body)).not.toContain('TOPSECRET');
    const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(logged).toContainEqual(
      expect.objectContaining({
        requestId: body['requestId'],
        err: expect.objectContaining({ type: 'TypeError', stack: expect.stringContaining('errors.test.ts') }),
      }),
    );
  });
});
