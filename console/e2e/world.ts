/** The hub of this worker: files of one worker come one after the other, and those of another have a hub of their own. */
import { inject } from 'vitest';

const hubs = inject('hubs');
const own = hubs[(Number(process.env.VITEST_POOL_ID ?? 1) - 1) % hubs.length];
if (!own) throw new Error('there is no hub; the suite is run with vitest.e2e.config.ts');

export const world = own;
