/** A PostgreSQL of the tests' own: a fresh data directory, a free port of this machine, gone when its test is. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PostgresServer {
  /** Of its superuser and an empty database. */
  readonly url: string;
  stop(): Promise<void>;
}

// Beside this file, in whatever form both of them are run.
const keeper = fileURLToPath(new URL(`./postgres-keeper${extname(import.meta.url)}`, import.meta.url));

/**
 * Starts a server under a process that outlives ours for as long as it takes to stop the server and to remove its data:
 * the end of the pipe between the two tells it, however we end.
 * @param flags Settings, `fsync=on`.
 */
export async function startPostgres(...flags: readonly string[]): Promise<PostgresServer> {
  const running = spawn(process.execPath, ['--import', 'tsx', keeper, ...flags], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A signal for the tests' process group is not for the keeper.
    detached: true,
  });
  const gone = once(running, 'close');
  const [started] = await Promise.race([once(running.stdout, 'data'), gone.then(() => [undefined])]);
  if (started === undefined) throw new Error('PostgreSQL did not start');
  return {
    url: String(started).trim(),
    async stop() {
      running.stdin.end();
      await gone;
    },
  };
}
