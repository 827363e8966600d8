import { defineConfig } from 'vitest/config';

/** How the console does over very many documents on PostgreSQL: figures for a person to read, no part of the suite. */
export default defineConfig({
  test: {
    include: ['measure/**/*.measure.ts'],
    environment: 'node',
    pool: 'forks',
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    disableConsoleIntercept: true,
    reporters: ['default'],
  },
});
