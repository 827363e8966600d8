import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

vi.stubGlobal('location', { origin: 'http://hub.test' });
const { keysFor } = await import('./command');

test('the same order has the same key however often it is sent, another order another one', () => {
  let count = 0;
  const key = keysFor(() => `k${++count}`);
  expect(key({ action: 'retry', reason: 'a' })).toBe('k1');
  expect(key({ action: 'retry', reason: 'a' })).toBe('k1');
  expect(key({ action: 'retry', reason: 'b' })).toBe('k2');
  // Back to the first one: its answer may only have been lost.
  expect(key({ action: 'retry', reason: 'a' })).toBe('k1');
});

test('no sheet keeps one key over whatever is filled in', () => {
  const features = new URL('..', import.meta.url).pathname;
  const sheets = readdirSync(features, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tsx'));
  expect(sheets.length).toBeGreaterThan(50);
  expect(
    sheets.filter((file) => /const \[key\] = useState\(commandKey\)/.test(readFileSync(join(features, file), 'utf8'))),
  ).toEqual([]);
});
