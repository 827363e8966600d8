import { expect, test } from 'vitest';
import { hiddenOf, toggled, visible } from './columns';

const COLUMNS = ['key', 'type', 'amount'].map((id) => ({ id }));

test('columns are left out by their name, the first never', () => {
  const hidden = toggled(toggled(hiddenOf(null), 'amount'), 'key');
  expect(visible(COLUMNS, hidden).map(({ id }) => id)).toEqual(['key', 'type']);
  expect(visible(COLUMNS, toggled(hidden, 'amount')).map(({ id }) => id)).toEqual(['key', 'type', 'amount']);
  expect([...hiddenOf('amount,,x')]).toEqual(['amount', 'x']);
});
