import { expect, test } from 'vitest';
import { changesOf, orderOf } from './cursor';

const NOW = { after: '2026-09-28T10:00:00Z', page: 3 };

test('a cursor is moved to another place or to the beginning', () => {
  expect(orderOf('{"after": "2026-09-27T00:00:00Z"}', false, NOW)).toEqual({ cursor: { after: '2026-09-27T00:00:00Z' } });
  expect(orderOf('whatever', true, NOW)).toEqual({ cursor: null });
});

test('what is no cursor, and what changes nothing, is no order', () => {
  expect(orderOf('{', false, NOW)).toEqual({ fault: 'not_json' });
  expect(orderOf('"x"', false, NOW)).toEqual({ fault: 'not_object' });
  expect(orderOf(JSON.stringify(NOW), false, NOW)).toEqual({ fault: 'same' });
  expect(orderOf('', true, null)).toEqual({ fault: 'same' });
});

test('the change is shown before it is made', () => {
  expect(changesOf(NOW, { after: '2026-09-27T00:00:00Z', page: 3 })).toEqual([
    { key: 'after', before: '2026-09-28T10:00:00Z', after: '2026-09-27T00:00:00Z' },
  ]);
  expect(changesOf(NOW, null).map(({ key, after }) => [key, after])).toEqual([
    ['after', '–'],
    ['page', '–'],
  ]);
  expect(changesOf(undefined, { page: 1 })).toEqual([{ key: 'page', before: '–', after: '1' }]);
});
