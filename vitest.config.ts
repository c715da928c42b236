import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: ['test/suite/program.ts'],
    include: ['test/**/*.test.ts'],
    // Many tests wait for processes and sockets of their own: more run at once than there are processors.
    maxWorkers: '200%',
    // No test changes a module: to load all of them anew for each file took as long as the tests.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
