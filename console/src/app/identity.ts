/** Whose something in this browser is: several people may share one. */
import type { Schemas } from '../api/client';

export interface Who {
  id: string;
  title: string;
}

/** A token of a user is the user. */
export function whoOf(me: Pick<Schemas['Me'], 'tenant' | 'user' | 'name' | 'title'>): Who {
  return { id: `${me.tenant}:${me.user ?? me.name}`, title: me.title };
}
