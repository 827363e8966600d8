import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { target, types } from '../../scripts/api-types.mjs';

test('the client types are those of the committed description; `npm run generate` makes them anew', async () => {
  expect((await types()) === readFileSync(target, 'utf8')).toBe(true);
});
