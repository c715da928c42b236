import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';

export interface Received {
  /** The whole URL as called. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What to answer; undefined never answers. */
export interface ReceiverAnswer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Receiver {
  readonly origin: string;
  readonly posts: readonly Received[];
}

/** A server on this machine that keeps what is posted to it, and stops after the test. */
export async function openReceiver(
  answer: (post: Received, index: number) => ReceiverAnswer | undefined = () => ({ status: 200 }),
): Promise<Receiver> {
  const posts: Received[] = [];
  let origin = '';
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const post = { url: origin + (request.url ?? ''), headers, body: Buffer.concat(chunks).toString('utf8') };
    posts.push(post);
    const given = answer(post, posts.length - 1);
    if (given !== undefined) response.writeHead(given.status, given.headers).end(given.body ?? '');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('the receiver has no port');
  origin = `http://127.0.0.1:${address.port}`;
  return { origin, posts };
}
