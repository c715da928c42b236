import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compileAddressRules } from '../../src/http/address-rules.ts';
import { createQuotas } from '../../src/http/quota.ts';
import { createVendorClient, type VendorClientOptions } from '../../src/http/vendor-client.ts';
import { type VirtualClock, virtualClock } from '../suite/virtual-clock.ts';

export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

export type Handler = (received: Received, response: ServerResponse, number: number) => void;

export interface VendorServer {
  readonly origin: string;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

/** A real HTTP server on a free port; `number` counts its requests from 1. */
export async function startVendor(handler: Handler): Promise<VendorServer> {
  const received: Received[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const entry = {
      method: request.method ?? '',
      url,
      headers: request.headers,
      text: Buffer.concat(chunks).toString(),
    };
    received.push(entry);
    handler(entry, response, received.length);
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    received,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A client of the server, on a virtual clock, with a header for authentication unless told otherwise. */
export function clientOf(origin: string, options: Partial<VendorClientOptions> = {}) {
  const clock: VirtualClock = virtualClock();
  const client = createVendorClient({
    auth: { name: 'key', kind: 'header', requires: ['key'], headers: { Authorization: 'Bearer {credentials.key}' } },
    http: { baseUrl: '{settings.baseUrl}' },
    settings: { baseUrl: origin },
    credentials: { key: 'key-5f3c-secret' },
    saveCredentials: async () => undefined,
    addressRules: compileAddressRules(['127.0.0.1']).rules,
    quotas: createQuotas(clock),
    clock,
    userAgent: 'anyhook/test',
    ...options,
  });
  return { client, clock };
}
