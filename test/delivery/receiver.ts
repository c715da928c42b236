/** A callback: a real HTTP server that remembers what it got and answers as a test says. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compileAddressRules } from '../../src/http/address-rules.ts';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Answer = (response: ServerResponse, request: ReceivedRequest) => void | Promise<void>;

export interface Receiver {
  readonly url: string;
  readonly received: ReceivedRequest[];
  /** How it answers from now on. */
  answer: Answer;
  close(): Promise<void>;
}

/** The machine that tests run on may be called. */
export const localRules = compileAddressRules(['127.0.0.1']).rules;

export const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(code, headers).end();
  };

export async function openReceiver(
  answer: Answer = status(204),
  serve: (listener: RequestListener) => ReturnType<typeof createServer> = (listener) => createServer(listener),
): Promise<Receiver> {
  const received: ReceivedRequest[] = [];
  const server = serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      const got = { method, path, headers, body: Buffer.concat(chunks) };
      received.push(got);
      void receiver.answer(response, got);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook?tenant=7`,
    received,
    answer,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      });
    },
  };
  return receiver;
}
