import { beforeEach, expect, test } from 'vitest';
import { ApiError, own } from '../api/problem';
import type { Order } from '../features/tasks/act';

const kept = new Map<string, string>();
Object.assign(globalThis, {
  localStorage: {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  },
  location: { origin: 'http://hub.test', search: '' },
});
const { add, flush, pending } = await import('./outbox');

const order = (key: string): Order => ({ task: 't', instance: 'i', verb: 'approve', on: 'task', body: {}, key });
const problem = (status: number, code: string) => new ApiError(own(code, '', status));

beforeEach(() => kept.clear());

test('what had no answer is kept and sent again with the same key; what was answered is not', async () => {
  for (const key of ['a', 'b', 'c', 'd']) expect(add(order(key))).toBe(true);
  const answers: Record<string, Error | null> = {
    a: null,
    b: problem(0, 'no_answer'),
    c: problem(409, 'already_handled'),
    d: problem(503, 'unavailable'),
  };
  const seen: string[] = [];
  const send = async ({ key }: Order) => {
    seen.push(key);
    if (answers[key]) throw answers[key];
  };
  const sent = await flush(send);
  expect(sent.taken.map(({ key }) => key)).toEqual(['a']);
  expect(sent.refused.map((each) => [each.order.key, each.problem.code])).toEqual([['c', 'already_handled']]);
  expect(pending().map(({ key }) => key)).toEqual(['b', 'd']);
  answers.b = null;
  answers.d = null;
  await flush(send);
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'b', 'd']);
  expect(pending()).toEqual([]);
});

test('two at once are one, and the same order taken in twice waits once', async () => {
  add(order('a'));
  add(order('a'));
  let count = 0;
  const send = async () => {
    count += 1;
  };
  await Promise.all([flush(send), flush(send)]);
  expect(count).toBe(1);
});

test('what this browser holds of something else is no order', () => {
  kept.set('waybill.pending', '{"not": "a list"}');
  expect(pending()).toEqual([]);
  kept.set('waybill.pending', 'broken');
  expect(pending()).toEqual([]);
});
