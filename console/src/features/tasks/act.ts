/** Doing something about a task. The same key is the same act, done once however often it is sent. */

import type { Schemas } from '../../api/client';
import { api, take } from '../../api/client';
import type { Body } from './verbs';

export interface Order {
  task: string;
  instance: string;
  verb: string;
  on: string;
  body: Body;
  key: string;
}

export function perform({ task, instance, verb, on, body, key }: Order): Promise<Schemas['Acted']> {
  const header = { 'Idempotency-Key': key };
  if (on === 'instance')
    return take(
      api.POST('/api/v1/instances/{id}/people/{verb}', { params: { path: { id: instance, verb }, header }, body: body as never }),
    );
  return take(api.POST('/api/v1/tasks/{id}/{verb}', { params: { path: { id: task, verb }, header }, body: body as never }));
}

/** One task with all that is needed to decide it. */
export function readTask(id: string): Promise<Schemas['TaskDetail']> {
  return take(api.GET('/api/v1/tasks/{id}', { params: { path: { id } } })) as Promise<Schemas['TaskDetail']>;
}

/** That the person has looked; what is new next time counts from here. */
export async function see(id: string): Promise<void> {
  // A look that could not be kept only shows old things as new once more.
  await api.POST('/api/v1/tasks/{id}/seen', { params: { path: { id } } }).catch(() => undefined);
}
