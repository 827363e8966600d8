/** What the rights of somebody come to, for all of the hub and for parts of it. */

/** A part of the hub that a thing belongs to. */
export interface Part {
  flow?: string | null;
  connection?: string | null;
}

interface Rights {
  capabilities: readonly string[];
  permissions: readonly string[];
  scopes?: readonly (Rights & { scope: string })[];
}

/** What is done to the hub as a whole: a right for a part does not reach it. */
const WHOLE = ['edit_drafts', 'publish', 'run_batches', 'manage_users', 'read_audit', 'see_metrics', 'manage_secrets'];

/** `for`: it may, but for these parts alone, and this is none of them. */
export function judged(me: Rights, capability: string, part?: Part): 'may' | 'lacks' | { for: string[] } {
  const grants = (rights: Rights) => rights.capabilities.includes(capability) || rights.permissions.includes(capability);
  if (grants(me)) return 'may';
  const parts = WHOLE.includes(capability) ? [] : (me.scopes ?? []).filter(grants).map(({ scope }) => scope);
  if (parts.length === 0) return 'lacks';
  // Whose department a thing is, only the hub knows: it says no where it must.
  const here = (scope: string) =>
    scope === `flow:${part?.flow}` || scope === `connection:${part?.connection}` || scope.startsWith('department:');
  return part === undefined || parts.some(here) ? 'may' : { for: parts };
}
