import { expect, test } from 'vitest';
import { pastedKeys } from './keys';

test('a column, a line and Chinese separators give keys, each once', () => {
  expect(pastedKeys(' PO-1 \r\nPO-2\n\nPO-1\tPO 3')).toEqual(['PO-1', 'PO-2', 'PO 3']);
  expect(pastedKeys('a，b；c、d')).toEqual(['a', 'b', 'c', 'd']);
  expect(pastedKeys('  ')).toEqual([]);
});
