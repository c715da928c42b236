/** A host between a runtime and a vendor's sandbox, that notes what passes: real sockets on both sides. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly sent: string;
  /** undefined until it is answered. */
  status?: number;
}

export interface CountingProxy {
  readonly origin: string;
  readonly passed: readonly Passed[];
  /** Answers of its own, in the place of the vendor's; null for none. */
  instead: ((passed: Passed) => { readonly status: number; readonly body: unknown } | null) | null;
  close(): Promise<void>;
}

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const passed: Passed[] = [];
  const server = createServer(async (incoming, response) => {
    const body = await buffer(incoming);
    const entry: Passed = { method: incoming.method ?? '', path: incoming.url ?? '', sent: body.toString() };
    passed.push(entry);
    const own = proxy.instead?.(entry) ?? null;
    if (own !== null) {
      entry.status = own.status;
      response.writeHead(own.status, { 'content-type': 'application/json' }).end(JSON.stringify(own.body));
      return;
    }
    const url = new URL(entry.path, target);
    const { connection, host, ...headers } = incoming.headers;
    const onward = request(url, { method: entry.method, headers }, async (answer) => {
      const answered = await buffer(answer).catch(() => null);
      if (answered === null) return void response.destroy();
      entry.status = answer.statusCode ?? 0;
      response.writeHead(entry.status, answer.headers).end(answered);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: CountingProxy = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    instead: null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
