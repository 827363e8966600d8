import { expect, test } from 'vitest';
import { changesOf, joined } from './changes';

test('ids are read with or without versions, and `many` means all', () => {
  expect(changesOf('{"documents":[["a",2],["b",1]],"exceptions":"many","batches":["x"]}')).toEqual({
    documents: ['a', 'b'],
    exceptions: 'all',
    batches: ['x'],
  });
  expect(changesOf('{}')).toEqual({});
});

test('changes add up, and all stays all', () => {
  expect(joined({ documents: ['a'], exceptions: 'all' }, { documents: ['a', 'b'], exceptions: ['x'], batches: 'all' })).toEqual({
    documents: ['a', 'b'],
    exceptions: 'all',
    batches: 'all',
  });
  expect(joined({}, {})).toEqual({});
});
