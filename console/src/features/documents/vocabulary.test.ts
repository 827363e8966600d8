import { expect, test } from 'vitest';
import { statusesOf, together } from './vocabulary';

test('statuses are those of the document types', async () => {
  expect(await statusesOf('format: 1\ndocument: payable\nstatuses: [planned, posted, paid]\n')).toEqual([
    'planned',
    'posted',
    'paid',
  ]);
  expect(await statusesOf('document: x\nstatuses:\n  - open # not yet\n  - closed\n')).toEqual(['open', 'closed']);
  expect([await statusesOf('document: x'), await statusesOf(''), await statusesOf('statuses: {a: b}')]).toEqual([[], [], []]);
});

test('several types together have each status once, and what stands in the address can still be chosen', () => {
  expect(
    together(
      [
        ['draft', 'released'],
        ['draft', 'paid'],
      ],
      ['released', undefined, '', 'gone'],
    ),
  ).toEqual(['draft', 'released', 'paid', 'gone']);
});
