import { expect, test } from 'vitest';
import { opened, queryOfView } from './view';

const NAMES = ['status', 'flow', 'standing'];
const VIEW = { id: 'v1', query: { standing: 'stopped', flow: 'po', utm: 'x', status: '' } };

test('an address with a view shows what the view filters by', () => {
  expect(queryOfView(VIEW, NAMES)).toEqual({ standing: 'stopped', flow: 'po' });
  expect(opened({ view: 'v1' }, [VIEW], NAMES)).toEqual({ standing: 'stopped', flow: 'po', view: 'v1' });
});

test('nothing is done where there is no such view, none is asked for, or a filter stands beside it', () => {
  expect(opened({ view: 'v2' }, [VIEW], NAMES)).toBeNull();
  expect(opened({}, [VIEW], NAMES)).toBeNull();
  expect(opened({ view: 'v1', status: 'paid' }, [VIEW], NAMES)).toBeNull();
  expect(queryOfView({ id: 'v', query: null }, NAMES)).toEqual({});
});
