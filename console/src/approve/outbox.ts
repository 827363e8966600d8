/**
 * Decisions that wait for a network. Each has a key of its own and is the same act however often it is sent, so that one whose
 * answer was lost is sent again without being done twice; it is kept in this browser until the hub has said something about it.
 */
import { ApiError, type Problem } from '../api/problem';
import { type Order, perform } from '../features/tasks/act';
import { store, stored } from '../i18n';

const KEY = 'waybill.pending';
/** More than a person decides without a network; what is beyond is refused where it is made, not lost. */
const PENDING_MAX = 50;

export interface Sent {
  taken: Order[];
  refused: { order: Order; problem: Problem }[];
  /** Still without an answer. */
  waiting: Order[];
}

export function pending(): Order[] {
  try {
    const found: unknown = JSON.parse(stored(KEY) ?? '[]');
    return Array.isArray(found) ? (found as Order[]) : [];
  } catch {
    return [];
  }
}

function keep(orders: Order[]) {
  store(KEY, JSON.stringify(orders));
}

/** Takes an order in; false when there are too many already. */
export function add(order: Order): boolean {
  const orders = pending();
  if (orders.length >= PENDING_MAX) return false;
  keep([...orders.filter((known) => known.key !== order.key), order]);
  return true;
}

export function drop(key: string) {
  keep(pending().filter((order) => order.key !== key));
}

/** Whether nothing is known of it yet: no answer, or one that says to come again. */
export function isOpen(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500 || error.status === 401;
}

let sending: Promise<Sent> | null = null;

/** Sends what waits, one after the other; two calls at once are one. */
export function flush(send: (order: Order) => Promise<unknown> = perform): Promise<Sent> {
  sending ??= go(send).finally(() => {
    sending = null;
  });
  return sending;
}

async function go(send: (order: Order) => Promise<unknown>): Promise<Sent> {
  const sent: Sent = { taken: [], refused: [], waiting: [] };
  for (const order of pending()) {
    try {
      await send(order);
      sent.taken.push(order);
      drop(order.key);
    } catch (error) {
      if (isOpen(error)) {
        sent.waiting.push(order);
        continue;
      }
      sent.refused.push({ order, problem: (error as ApiError).problem });
      drop(order.key);
    }
  }
  return sent;
}
