/** What journeys need of the world: orders that end, wait, and stop. */
import { call, callAs, command, post, TOKENS } from './hub';

export interface World {
  url: string;
  mocks: Record<'erp' | 'oa' | 'finance', string>;
}

interface Row {
  id: string;
  key: string;
  status: string;
}

export interface Diagnosis {
  state: string;
  code: string;
  cause: { en: string; zh: string };
}

export async function order(world: World, number: string, more: Record<string, unknown> = {}): Promise<void> {
  await post(`${world.mocks.erp}/__mock/orders`, { status: 'waiting', currency: 'CNY', amount: '20000.00', number, ...more });
}

/** The OA decides by itself, or waits for a person. */
export async function decides(world: World, how: 'approve' | 'never'): Promise<void> {
  await post(`${world.mocks.oa}/__mock/switches`, { decide: how, decide_after_ms: 50 }, 'PUT');
}

export async function find(world: World, key: string): Promise<Row | undefined> {
  const { items } = await call<{ items: Row[] }>(world.url, `documents?type=purchase_order&key=${encodeURIComponent(key)}`);
  return items[0];
}

export async function diagnosis(world: World, id: string): Promise<Diagnosis> {
  return call<Diagnosis>(world.url, `documents/${id}/diagnosis`);
}

/** Waits until something holds, for what the hub does in its own time. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it has not come to this: ${what}`);
    await new Promise((again) => setTimeout(again, 100));
  }
}

/** Waits until the hub says that the document stands so. */
export async function reaches(world: World, key: string, fits: (diagnosis: Diagnosis) => boolean): Promise<Row> {
  const end = Date.now() + 30_000;
  let last = 'it has not arrived';
  while (Date.now() < end) {
    const row = await find(world, key);
    if (row) {
      const found = await diagnosis(world, row.id);
      if (fits(found)) return row;
      last = `${found.state} ${found.code}: ${found.cause.en}`;
    }
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error(`${key} has not come to where it is waited for: ${last}`);
}

export const stopped = (found: Diagnosis) => found.state === 'stopped';
export const ended = (found: Diagnosis) => found.state === 'ended';
export const waiting = (found: Diagnosis) => found.code === 'awaiting_partner';

export interface Task {
  id: string;
  instance: string;
  state: string;
  step: string;
}

let made = 0;

/** A request that waits for the lead; the task that came of it. */
export async function asked(world: World): Promise<{ key: string; document: string; task: Task }> {
  made += 1;
  const filled = { category: 'goods', reason: 'old ones broke', lines: [{ description: `Lamp ${made}`, amount: '480.00' }] };
  const taken = await command<{ document: { id: string; key: string } }>(world.url, 'forms/purchase_request/submissions', {
    values: filled,
    submitter: 'e1002',
  });
  const begun = await command<{ instance?: string; instances?: { id: string }[] }>(world.url, 'flows/house_approval/instances', {
    document_id: taken.document.id,
  });
  const instance = begun.instances?.[0]?.id ?? begun.instance ?? '';
  return { key: taken.document.key, document: taken.document.id, task: await taskOf(world, TOKENS.lead, instance) };
}

/** What somebody is asked about an instance. */
export async function taskOf(world: World, token: string, instance: string): Promise<Task> {
  const end = Date.now() + 20_000;
  while (Date.now() < end) {
    const { items } = await callAs<{ items: Task[] }>(token, world.url, 'tasks?limit=500');
    const found = items.find((task) => task.instance === instance);
    if (found) return found;
    await new Promise((again) => setTimeout(again, 50));
  }
  throw new Error('no task came of it');
}
