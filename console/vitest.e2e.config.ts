import { defineConfig } from 'vitest/config';
import { WORKERS } from './e2e/workers.ts';

/** Whole journeys in headless Chromium against real hubs and the mock systems: two files at once, each worker with its own. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: WORKERS,
    fileParallelism: true,
    // A worker keeps what it has read: files share a hub and a browser anyway, and each test has windows of its own.
    isolate: false,
    sequence: { concurrent: false },
    testTimeout: 45_000,
    hookTimeout: 90_000,
    globalSetup: 'e2e/setup.ts',
  },
});
