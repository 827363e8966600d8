import { expect, test } from 'vitest';
import { judged } from './rights';

const me = {
  capabilities: ['see_documents'],
  permissions: ['read'],
  scopes: [
    { scope: 'flow:house', capabilities: ['settle_exceptions', 'run_batches'], permissions: ['operate'] },
    { scope: 'connection:erp_hq', capabilities: ['hold_breakers'], permissions: ['operate'] },
  ],
};

test('a right for a part holds for that part and for no other', () => {
  expect(judged(me, 'see_documents', { flow: 'x' })).toBe('may');
  expect(judged(me, 'settle_exceptions', { flow: 'house', connection: 'oa' })).toBe('may');
  expect(judged(me, 'settle_exceptions', { flow: 'other' })).toEqual({ for: ['flow:house'] });
  expect(judged(me, 'hold_breakers', { connection: 'erp_hq' })).toBe('may');
  expect(judged(me, 'hold_breakers', { connection: 'oa_main' })).toEqual({ for: ['connection:erp_hq'] });
  expect(judged(me, 'amend_data', { flow: 'house' })).toBe('lacks');
});

test('without a part somebody with a right for some part is let see, but does nothing to the whole', () => {
  expect(judged(me, 'settle_exceptions')).toBe('may');
  expect(judged(me, 'run_batches')).toBe('lacks');
  const clerk = { ...me, scopes: [{ scope: 'department:finance', capabilities: ['settle_exceptions'], permissions: [] }] };
  expect(judged(clerk, 'settle_exceptions', { flow: 'any' })).toBe('may');
  expect(judged({ capabilities: [], permissions: [] }, 'start')).toBe('lacks');
});
