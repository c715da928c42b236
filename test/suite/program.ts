/** The program as users run it: built, and so ready in a fraction of the time that its sources would take. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What `node` is told to run. */
export const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Builds it from the sources as they are, once before all tests. */
export async function setup(): Promise<void> {
  await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: root });
}
