import { expect, test } from 'vitest';
import { amount, money } from './amount';

test('digits are grouped and none is lost', () => {
  const rows = [
    ['86200.00', '86,200.00'],
    ['0.10', '0.10'],
    ['1234567890123456789012.123456789', '1,234,567,890,123,456,789,012.123456789'],
    ['-1000', '−1,000'],
    ['007', '7'],
    ['999', '999'],
    ['1e5', '1e5'],
    ['about 5', 'about 5'],
    ['', ''],
  ];
  for (const [text, expected] of rows) expect(amount(text ?? '')).toBe(expected);
  expect(money('20000.00', 'CNY')).toBe('20,000.00 CNY');
  expect(money('1', null)).toBe('1');
});
