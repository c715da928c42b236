/**
 * A callback receiver: verifies the signature over the raw bytes, remembers the ids it has seen, answers 204.
 * What a customer's own endpoint must do, in one file.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifySignature } from '../delivery/verify.ts';
import { Failure } from '../diagnostic/failure.ts';

export interface Received {
  /** The header webhook-id: the same for every attempt to deliver one event. */
  readonly id: string | null;
  readonly signature:
    | 'valid'
    | 'unchecked'
    | 'header-missing'
    | 'timestamp-unreadable'
    | 'too-old'
    | 'too-new'
    | 'signature-wrong';
  /** Seen before: an attempt whose answer was lost on the way. */
  readonly repeated: boolean;
  /** The parsed body; the raw text when it is no JSON. */
  readonly body: unknown;
}

export interface ReceiverOptions {
  readonly host?: string;
  readonly port: number;
  /** The callback's secrets; asked at each request, for a secret may be known only later. None: nothing is checked. */
  readonly secrets: () => readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onEvent: (received: Received) => void;
}

export interface Receiver {
  readonly url: string;
  close(): Promise<void>;
}

const maxBodyBytes = 16 * 1024 * 1024;
const toleranceSeconds = 300;

export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const seen = new Set<string>();
  const server = createServer((request, response) => {
    receive(request, response, options, seen).catch(() => {
      // The sender went away half-way; it will come again.
      response.destroy();
    });
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new Failure('listen-failed', `The receiver cannot listen on port ${options.port}.`, {
          retryable: false,
          help: 'Choose another port with --port; 0 takes a free one.',
          cause,
        }),
      ),
    );
    server.listen(options.port, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  options: ReceiverOptions,
  seen: Set<string>,
): Promise<void> {
  if (request.method !== 'POST') return answer(response, 405, { allow: 'POST' });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) return answer(response, 413, { connection: 'close' });
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  const secrets = options.secrets();
  const verdict =
    secrets.length === 0
      ? null
      : verifySignature({ headers: request.headers, body, secrets, nowMs: options.now(), toleranceSeconds });
  const header = request.headers['webhook-id'];
  const id = typeof header === 'string' ? header : null;
  const genuine = verdict === null || verdict.valid;
  const signature = verdict === null ? 'unchecked' : verdict.valid ? 'valid' : verdict.reason;
  options.onEvent({ id, signature, repeated: id !== null && seen.has(id), body: parsed(body) });
  // Only what was signed may fill the memory of ids: else anyone could make a later event look repeated.
  if (genuine && id !== null) seen.add(id);
  answer(response, genuine ? 204 : 401);
}

function answer(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, headers).end();
}

function parsed(body: Buffer): unknown {
  const text = body.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
