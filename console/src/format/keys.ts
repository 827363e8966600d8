/** Business keys as people paste them: a column out of a table, full-width letters, spaces around. */

/** As many as the hub takes at once. */
export const KEYS_MAX = 500;

/** The keys of a pasted text, each once, in its order. */
export function pastedKeys(text: string): string[] {
  const keys = text
    .split(/[\r\n\t,;，；、]+/)
    .map((key) => key.trim())
    .filter((key) => key !== '');
  return [...new Set(keys)];
}

/** As many of them as are looked for at once, and how many are left out, where they are too many. */
export function lookedFor(keys: string[]): { keys: string[]; cut: { max: number; count: number } | null } {
  return keys.length > KEYS_MAX
    ? { keys: keys.slice(0, KEYS_MAX), cut: { max: KEYS_MAX, count: keys.length } }
    : { keys, cut: null };
}
