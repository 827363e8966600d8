/**
 * Decisions that wait for a network. Each has a key of its own and is the same act however often it is sent, so that one whose
 * answer was lost is sent again without being done twice; it is kept in this browser until the hub has said something about it.
 *
 * A decision is a person's: it is sent while that person is signed in and under nobody else's session, also where several share
 * the browser. Where the browser keeps nothing it waits in this page, which has to say so.
 */
import { api, take } from '../api/client';
import { ApiError, type Problem } from '../api/problem';
import { type Who, whoOf } from '../app/identity';
import { type Order, perform } from '../features/tasks/act';
import { store, stored } from '../i18n';

const KEY = 'waybill.pending';
/** More than a person decides without a network; what is beyond is refused where it is made, not lost. */
const PENDING_MAX = 50;

export interface Waiting extends Order {
  /** Nobody known, where an older page left it. */
  who?: Who;
}

export interface Sent {
  taken: Waiting[];
  refused: { order: Waiting; problem: Problem }[];
  /** Still without an answer. */
  waiting: Waiting[];
  /** Another person's than of whoever is signed in: not sent. */
  held: Waiting[];
  /** Who is signed in, where the hub has said so. */
  who: Who | null;
}

/** `kept`: also when the page is left; `loose`: only as long as it is open; `full`: not taken in. */
export type Added = 'kept' | 'loose' | 'full';

/** What the browser would not keep, and what it would not forget. Both last as long as the page. */
let loose: Waiting[] = [];
const gone = new Set<string>();

export async function whoIsIn(): Promise<Who> {
  return whoOf(await take(api.GET('/api/v1/me')));
}

export function pending(): Waiting[] {
  const there = inBrowser();
  const here = loose.filter((order) => !there.some((known) => known.key === order.key));
  return [...there, ...here].filter((order) => !gone.has(order.key));
}

function inBrowser(): Waiting[] {
  try {
    const found: unknown = JSON.parse(stored(KEY) ?? '[]');
    return Array.isArray(found) ? (found as Waiting[]) : [];
  } catch {
    return [];
  }
}

function keep(orders: Waiting[]) {
  const text = JSON.stringify(orders);
  // Some browsers forbid storage by an error, some take everything and keep nothing.
  const there = store(KEY, text) && stored(KEY) === text ? orders : inBrowser();
  loose = orders.filter((order) => !there.some((known) => known.key === order.key));
}

/** Takes an order in, and says how well it is kept. */
export function add(order: Waiting): Added {
  const orders = pending().filter((known) => known.key !== order.key);
  if (orders.length >= PENDING_MAX) return 'full';
  keep([...orders, order]);
  return isLoose(order.key) ? 'loose' : 'kept';
}

/** Whether it is lost when the page is left. */
export function isLoose(key: string): boolean {
  return loose.some((order) => order.key === key);
}

export function drop(key: string) {
  gone.add(key);
  keep(pending());
}

/** Whether nothing is known of it yet: no answer, or one that says to come again. */
export function isOpen(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500 || error.status === 401;
}

let sending: Promise<Sent> | null = null;

/** Sends what waits and is of whoever is signed in, one after the other; two calls at once are one. */
export function flush(send: (order: Order) => Promise<unknown> = perform, ask: () => Promise<Who> = whoIsIn): Promise<Sent> {
  sending ??= go(send, ask).finally(() => {
    sending = null;
  });
  return sending;
}

async function go(send: (order: Order) => Promise<unknown>, ask: () => Promise<Who>): Promise<Sent> {
  const sent: Sent = { taken: [], refused: [], waiting: [], held: [], who: null };
  const seen = new Set<string>();
  // What is added meanwhile goes along: it has nobody else to send it.
  for (let next = unseen(seen); next; next = unseen(seen)) {
    seen.add(next.key);
    // The session is the browser's, and another tab or person may have changed it since the last one.
    sent.who = await ask().catch(() => null);
    if (!sent.who) sent.waiting.push(next);
    else if (sent.who.id !== next.who?.id) sent.held.push(next);
    else await one(next, send, sent);
  }
  return sent;
}

function unseen(seen: ReadonlySet<string>): Waiting | undefined {
  return pending().find((order) => !seen.has(order.key));
}

async function one({ who: _, ...order }: Waiting, send: (order: Order) => Promise<unknown>, sent: Sent) {
  try {
    await send(order);
    sent.taken.push(order);
    drop(order.key);
  } catch (error) {
    if (isOpen(error)) {
      sent.waiting.push(order);
      return;
    }
    sent.refused.push({ order, problem: (error as ApiError).problem });
    drop(order.key);
  }
}
