/** A host between a runtime and a vendor's sandbox, that notes what passes: real sockets on both sides. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly sent: string;
  /** Who sent it, by its name for itself. */
  readonly agent: string;
  /** undefined until it is answered. */
  status?: number;
}

export interface CountingProxy {
  readonly origin: string;
  readonly passed: readonly Passed[];
  /** Who is behind it. */
  target: string;
  close(): Promise<void>;
}

export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const passed: Passed[] = [];
  const server = createServer(async (incoming, response) => {
    const sent = (await buffer(incoming)).toString();
    const { 'user-agent': agent = '' } = incoming.headers;
    const entry: Passed = { method: incoming.method ?? '', path: incoming.url ?? '', sent, agent };
    passed.push(entry);
    const url = new URL(entry.path, proxy.target);
    // A token is asked for by the vendor's address: whoever calls knows it as this one.
    const body = Buffer.from(sent.replaceAll(encodeURIComponent(proxy.origin), encodeURIComponent(proxy.target)));
    const { connection, host, 'content-length': length, ...kept } = incoming.headers;
    const headers = { ...kept, ...(length !== undefined && { 'content-length': body.length }) };
    const onward = request(url, { method: entry.method, headers }, async (answer) => {
      const answered = await buffer(answer).catch(() => null);
      if (answered === null) return void response.destroy();
      entry.status = answer.statusCode ?? 0;
      // Links that the vendor makes of its own address lead here.
      const text = answered.toString().replaceAll(proxy.target, proxy.origin);
      const { 'content-length': _, link, ...others } = answer.headers;
      const led = typeof link === 'string' && { link: link.replaceAll(proxy.target, proxy.origin) };
      response.writeHead(entry.status, { ...others, ...led }).end(text);
    });
    onward.on('error', () => response.destroy());
    onward.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: CountingProxy = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    target,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
