import { expect, test } from 'vitest';
import { keyOf, outcomeOf } from './entry';

test('an answer\u2019s status says whether it was done, refused, or went wrong', () => {
  expect(['202', '409', '503', 'done', 'refused', 'unknown'].map((outcome) => outcomeOf(outcome).state)).toEqual([
    'done',
    'refused',
    'failed',
    'done',
    'refused',
    'unknown',
  ]);
  expect(outcomeOf('202').status).toBe('202');
  expect(outcomeOf('done').status).toBeNull();
});

test('actions have one key whatever they were done to', () => {
  expect(keyOf('POST /api/v1/exceptions/{id}/mark-done')).toBe('post_exceptions_mark_done');
  expect(keyOf('DELETE /api/v1/tokens/{id}')).toBe('delete_tokens');
  expect(keyOf('session.start')).toBe('session_start');
});
