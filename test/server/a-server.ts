/** The whole thing on real sockets: runtime, store in a folder of its own, and the server before it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { expect } from 'vitest';
import { loadConnectors, packagedConnectors } from '../../src/connector/load.ts';
import type { Runtime } from '../../src/engine/api.ts';
import { createApiKey } from '../../src/engine/api-keys.ts';
import type { Apps } from '../../src/engine/apps.ts';
import { createLog, type Log } from '../../src/engine/log.ts';
import { createRuntime } from '../../src/engine/runtime.ts';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { systemClock } from '../../src/http/clock.ts';
import { close, listen } from '../../src/server/listen.ts';
import { renderOpenApi } from '../../src/server/openapi.ts';
import { routes } from '../../src/server/routes/all.ts';
import { createServer, type ServerOptions } from '../../src/server/server.ts';
import type { WireDiagnostic } from '../../src/server/wire-diagnostic.ts';
import type { Store } from '../../src/store/port.ts';
import { loadSecretKey } from '../../src/store/secret-key.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { createAnswerCheck } from './document-check.ts';

/** An answer that was checked against the OpenAPI document; the caller says which of its schemas that was. */
export interface CheckedAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Body;
}

export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly diagnostics?: readonly WireDiagnostic[];
}

export interface AServer {
  readonly url: string;
  readonly key: string;
  readonly runtime: Runtime;
  readonly store: Store;
  /** Moves the runtime's clock. */
  advance(ms: number): void;
  /** Sends JSON (or a text as it is) with the API key, unless headers say otherwise. */
  call<Body = ProblemBody>(
    method: string,
    target: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<CheckedAnswer<Body>>;
  /** All that was logged so far. */
  logged(): string;
  /** All answers so far, heads and bodies. */
  answered(): string;
  /** Ends the runtime under the server, as a store that broke would. */
  stopRuntime(): Promise<void>;
  close(): Promise<void>;
}

const checkAnswer = createAnswerCheck(renderOpenApi(routes));

export async function startAServer({
  apps,
  ...options
}: Partial<ServerOptions> & { apps?: Apps } = {}): Promise<AServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'anyhook-server-'));
  const { log, logged } = collectLog();
  const store = await openSqliteStore({
    file: path.join(folder, 'anyhook.db'),
    secretKey: await loadSecretKey(folder, {}),
  });
  let offsetMs = 0;
  const now = (): number => Date.now() + offsetMs;
  const runtime = createRuntime({
    store,
    connectors: (await loadConnectors([packagedConnectors])).connectors,
    addressRules: compileAddressRules(['127.0.0.0/8']).rules,
    log,
    pollConcurrency: 4,
    deliveryConcurrency: 4,
    userAgent: 'anyhook-test',
    ...(apps !== undefined && { apps }),
    clock: { ...systemClock, now, steady: now },
  });
  const key = await createApiKey(store, 'test key', Date.now());
  const server = createServer({ runtime, log, ...options });
  const url = await listen(server, { port: 0 });
  let answered = '';
  let stopped: Promise<void> | null = null;
  const stopRuntime = (): Promise<void> => {
    stopped ??= runtime.close(0);
    return stopped;
  };

  return {
    url,
    key,
    runtime,
    store,
    advance: (ms) => {
      offsetMs += ms;
    },
    logged,
    answered: () => answered,
    async call<Body>(method: string, target: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) {
      const answer = await fetch(`${url}${target}`, {
        method,
        redirect: 'error',
        headers: {
          authorization: `Bearer ${key}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      answered += `${[...answer.headers].join('\n')}\n${text}\n`;
      const mediaType = text === '' ? null : (answer.headers.get('content-type')?.split(';')[0] ?? null);
      const parsed: unknown = text === '' ? undefined : JSON.parse(text);
      const bare = target.split('?')[0] ?? '';
      const breaches =
        method === 'HEAD' ? [] : checkAnswer(method, bare, { status: answer.status, mediaType, body: parsed });
      expect({ method, target, status: answer.status, breaches }).toMatchObject({ breaches: [] });
      return { status: answer.status, headers: answer.headers, text, body: parsed as Body };
    },
    stopRuntime,
    async close() {
      await close(server, 1_000);
      await stopRuntime();
      await rm(folder, { recursive: true });
    },
  };
}

function collectLog(): { readonly log: Log; readonly logged: () => string } {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return { log: createLog('trace', stream), logged: () => chunks.join('') };
}
