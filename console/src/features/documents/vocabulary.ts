/** What the text of a document type says of its statuses. The reader of YAML is loaded only when somebody filters. */

export async function statusesOf(text: string): Promise<string[]> {
  const { parseDocument } = await import('yaml');
  const content: unknown = parseDocument(text).toJS();
  const found = content !== null && typeof content === 'object' && 'statuses' in content ? content.statuses : null;
  return Array.isArray(found) ? found.filter((status): status is string => typeof status === 'string') : [];
}

/** Each once, in the order of the types; what only the ledger knows comes last. */
export function together(types: readonly (readonly string[])[], more: readonly (string | undefined)[]): string[] {
  return [...new Set([...types.flat(), ...more.filter((status): status is string => status !== undefined && status !== '')])];
}
