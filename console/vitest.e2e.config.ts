import { defineConfig } from 'vitest/config';

/** Whole journeys in headless Chromium against the real hub and the mock systems; one after the other, they share a browser. */
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 45_000,
    hookTimeout: 90_000,
    globalSetup: 'e2e/setup.ts',
  },
});
