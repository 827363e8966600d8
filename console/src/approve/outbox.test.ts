import { beforeEach, expect, test } from 'vitest';
import { ApiError, own } from '../api/problem';
import { whoOf } from '../app/identity';
import type { Order } from '../features/tasks/act';

const kept = new Map<string, string>();
let storage: 'works' | 'forbidden' | 'full' | 'forgets' = 'works';
Object.assign(globalThis, {
  localStorage: {
    getItem: (key: string) => {
      if (storage === 'forbidden') throw new Error('SecurityError');
      return kept.get(key) ?? null;
    },
    setItem: (key: string, value: string) => {
      if (storage === 'forbidden' || storage === 'full') throw new Error('QuotaExceededError');
      if (storage === 'works') kept.set(key, value);
    },
  },
  location: { origin: 'http://hub.test', search: '' },
});
const { add, drop, flush: sendAs, isLoose, pending } = await import('./outbox');

const ann = { id: '1:ann', title: 'Ann' };
const ben = { id: '1:ben', title: 'Ben' };
const order = (key: string, who: { id: string; title: string } | undefined = ann) => ({
  task: 't',
  instance: 'i',
  verb: 'approve',
  on: 'task',
  body: {},
  key,
  who,
});
const flush = (send: (order: Order) => Promise<unknown>, who = ann) => sendAs(send, async () => who);
const problem = (status: number, code: string) => new ApiError(own(code, '', status));

beforeEach(() => {
  storage = 'works';
  for (const { key } of pending()) drop(key);
  kept.clear();
});

test('what had no answer is kept and sent again with the same key; what was answered is not', async () => {
  for (const key of ['a', 'b', 'c', 'd']) expect(add(order(key))).toBe('kept');
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
  add(order('twice'));
  add(order('twice'));
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

test('a decision is sent under the session of whoever made it, and held under every other', async () => {
  add(order('of ann'));
  add(order('of ben', ben));
  add({ ...order('of nobody known'), who: undefined });
  const seen: string[] = [];
  const send = async ({ key }: Order) => void seen.push(key);
  const sent = await flush(send, ben);
  expect(seen).toEqual(['of ben']);
  expect(sent.held.map(({ key }) => key)).toEqual(['of ann', 'of nobody known']);
  expect(pending().map(({ key }) => key)).toEqual(['of ann', 'of nobody known']);
  await flush(send, ann);
  expect(seen).toEqual(['of ben', 'of ann']);
  drop('of nobody known');
  expect(pending()).toEqual([]);
});

test('another person who signs in while it is sent gets nothing sent under their name', async () => {
  for (const key of ['first', 'second']) add(order(key));
  const seen: string[] = [];
  let who = ann;
  await sendAs(
    async ({ key }) => {
      seen.push(key);
      who = ben;
    },
    async () => who,
  );
  expect(seen).toEqual(['first']);
  expect(pending().map(({ key }) => key)).toEqual(['second']);
});

test('while it is not known who is signed in nothing is sent', async () => {
  add(order('unasked'));
  const sent = await sendAs(
    () => Promise.reject(new Error('not to be sent')),
    () => Promise.reject(problem(0, 'no_answer')),
  );
  expect(sent.waiting.map(({ key }) => key)).toEqual(['unasked']);
});

test('people of two tenants are two, a token of a user is the user', () => {
  const me = { tenant: 1, user: 'u-7', name: 'lead', title: 'Lead' };
  expect(whoOf({ ...me, name: 'phone token' }).id).toBe(whoOf(me).id);
  expect(whoOf({ ...me, tenant: 2 }).id).not.toBe(whoOf(me).id);
});

test.each(['forbidden', 'full', 'forgets'] as const)('where storage is %s it waits in the page, and that is said', async (how) => {
  add(order(`stays ${how}`));
  storage = how;
  expect(add(order(`loose ${how}`))).toBe('loose');
  expect(isLoose(`loose ${how}`)).toBe(true);
  const seen: string[] = [];
  await flush(async ({ key }) => void seen.push(key));
  expect(seen).toContain(`loose ${how}`);
  // What the browser will not forget is not sent again either.
  expect(pending()).toEqual([]);
  expect((await flush(async ({ key }) => void seen.push(key))).taken).toEqual([]);
});

test('what is decided while others are being sent goes along', async () => {
  add(order('begun'));
  const seen: string[] = [];
  await flush(async ({ key }) => {
    seen.push(key);
    if (key === 'begun') add(order('meanwhile'));
  });
  expect(seen).toEqual(['begun', 'meanwhile']);
});

test('beyond fifty it is not taken in', () => {
  for (let count = 0; count < 50; count += 1) expect(add(order(`n${count}`))).toBe('kept');
  expect(add(order('one more'))).toBe('full');
  expect(pending()).toHaveLength(50);
});
