import { expect, test } from 'vitest';
import { verdictOf } from './verdict';

const OLD = 'e1';

test('only the end is called done', () => {
  const rows: [Parameters<typeof verdictOf>[0], string][] = [
    [{ state: 'stopped', code: 'exception', actions: [{ exception: OLD, action: 'retry' }] }, 'accepted'],
    [{ state: 'stopped', code: 'exception', actions: [{ exception: 'e2', action: 'retry' }] }, 'failed_again'],
    [{ state: 'working', code: 'outcome_unknown', actions: [] }, 'unknown'],
    [{ state: 'working', code: 'retry_later', actions: [] }, 'again_later'],
    [{ state: 'working', code: 'calling', actions: [] }, 'working'],
    [{ state: 'waiting', code: 'awaiting_partner', actions: [] }, 'waiting'],
    [{ state: 'idle', code: 'not_started', actions: [] }, 'working'],
    [{ state: 'ended', code: 'ended', actions: [] }, 'done'],
  ];
  for (const [diagnosis, verdict] of rows) expect(verdictOf(diagnosis, OLD)).toBe(verdict);
});
