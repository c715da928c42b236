/** Opens the server's port and closes it again. */
import type { FastifyInstance } from 'fastify';
import { Failure } from '../diagnostic/failure.ts';

export interface Address {
  /** Loopback unless said: the API is not for the network before someone says so. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** What a person can do, by the error code of the system. */
const remedies: Readonly<Record<string, readonly [what: string, help: string]>> = {
  EADDRINUSE: ['is taken by another program', 'Stop that program, or choose another port; 0 takes a free one.'],
  EACCES: ['may not be opened by this user', 'Choose a port from 1024 on.'],
  EADDRNOTAVAIL: ['is no address of this machine', 'Listen on 127.0.0.1, or on 0.0.0.0 for every network.'],
  ENOTFOUND: ['is no address of this machine', 'Listen on 127.0.0.1, or on 0.0.0.0 for every network.'],
};

/**
 * Listens and answers the URL that reaches the server.
 * @throws Failure `listen-failed` when the port cannot be opened.
 */
export async function listen(server: FastifyInstance, { host = '127.0.0.1', port }: Address): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const [what, help] = remedies[code] ?? ['cannot be opened', 'Choose another host or port.'];
    throw new Failure('listen-failed', `${host}:${port} ${what}.`, { retryable: false, help, cause: error });
  }
}

/** Takes no more requests, lets those under way end, and after the grace cuts what is still open. */
export async function close(server: FastifyInstance, graceMs = 10_000): Promise<void> {
  const cut = setTimeout(() => server.server.closeAllConnections(), graceMs);
  await server.close();
  clearTimeout(cut);
}
