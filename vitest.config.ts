import { execFileSync } from 'node:child_process';
import { defineConfig } from 'vitest/config';

/**
 * Properties are tried with a seed of the commit: what held when it was made holds wherever it is run again, and each
 * commit tries other cases. LAW_SEED takes another.
 */
function commitSeed(): number {
  try {
    return Number.parseInt(
      execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).slice(0, 7),
      16,
    );
  } catch {
    return Date.now() % 2 ** 28;
  }
}

const seed = process.env['LAW_SEED'] ?? String(commitSeed());
console.log(`properties: LAW_SEED=${seed}`);

export default defineConfig({
  test: {
    globalSetup: ['test/suite/program.ts'],
    setupFiles: ['test/suite/seed.ts'],
    env: { LAW_SEED: seed },
    include: ['test/**/*.test.ts'],
    // Many tests wait for processes and sockets of their own: more run at once than there are processors.
    maxWorkers: '200%',
    // No test changes a module: to load all of them anew for each file took as long as the tests.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
