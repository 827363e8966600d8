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
