/** The list of tasks as somebody wants it: in another order, by flow, with a heading for each. */
import type { Schemas } from '../../api/client';
import { at } from './document';

type Item = Pick<Schemas['TaskItem'], 'id' | 'flow' | 'since' | 'due'> & { document: { display: unknown } };

export const SORTS = ['due', 'age', 'amount'] as const;
export type Sort = (typeof SORTS)[number];

export type Line<Task> = { task: Task } | { head: string; count: number };

/** In this order, the hub's own where none is asked for; with `grouped` each flow by itself, that of the first task first. */
export function arranged<Task extends Item>(tasks: readonly Task[], sort: Sort | null, grouped: boolean): Line<Task>[] {
  const ordered = sort ? [...tasks].sort(ORDERS[sort]) : [...tasks];
  if (!grouped) return ordered.map((task) => ({ task }));
  const flows = new Map<string, Task[]>();
  for (const task of ordered) flows.set(task.flow, [...(flows.get(task.flow) ?? []), task]);
  return [...flows].flatMap(([head, own]): Line<Task>[] => [{ head, count: own.length }, ...own.map((task) => ({ task }))]);
}

const ORDERS: Record<Sort, (a: Item, b: Item) => number> = {
  // What has no time to be done by comes last.
  due: (a, b) => earlier(a.due, b.due) || earlier(a.since, b.since),
  age: (a, b) => earlier(a.since, b.since),
  // The largest first; amounts of several currencies do not compare, so each currency stands by itself.
  amount: (a, b) => {
    const [one, other] = [moneyOf(a), moneyOf(b)];
    if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
    return one.currency.localeCompare(other.currency) || compareDecimals(other.amount, one.amount);
  },
};

function earlier(a: string | null | undefined, b: string | null | undefined): number {
  if (!a || !b) return a ? -1 : b ? 1 : 0;
  return Date.parse(a) - Date.parse(b);
}

function moneyOf({ document }: Item): { amount: string; currency: string } | null {
  const amount = at(document.display, 'total_gross') || at(document.display, 'amount') || at(document.display, 'total');
  return DECIMAL.test(amount) ? { amount, currency: at(document.display, 'currency') } : null;
}

const DECIMAL = /^([+-]?)(\d+)(?:\.(\d+))?$/;

/** Which of two decimals is larger, by their digits: an amount is never made a number of. */
export function compareDecimals(a: string, b: string): number {
  const [x, y] = [DECIMAL.exec(a), DECIMAL.exec(b)];
  const places = Math.max(x?.[3]?.length ?? 0, y?.[3]?.length ?? 0);
  const whole = (match: RegExpExecArray | null) => {
    const digits = BigInt(`${match?.[2] ?? '0'}${(match?.[3] ?? '').padEnd(places, '0')}`);
    return match?.[1] === '-' ? -digits : digits;
  };
  const [one, other] = [whole(x), whole(y)];
  return one < other ? -1 : one > other ? 1 : 0;
}
