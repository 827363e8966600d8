/** Answers of partners for a played flow: what it asks for, as something to begin with. */

type Answers = Record<string, Record<string, unknown>>;

/** The answer that a wait shows an example of; null where only time or another flow is waited for. */
export function exampleOf(wait: unknown): Answers | null {
  if (wait === null || typeof wait !== 'object') return null;
  const told = wait as { kind?: string; call?: string; event?: string; answer_example?: unknown; output_example?: unknown };
  if (told.kind === 'call' && told.call) return { calls: { [told.call]: told.answer_example ?? {} } };
  if (told.kind === 'event' && told.event)
    return { events: { [told.event]: { outcome: 'approved', output: told.output_example ?? {} } } };
  return null;
}

/** The answers so far with others beside them; text that cannot be read is left as it is. */
export function merged(text: string, added: Answers | null): string {
  try {
    const known = JSON.parse(text) as Answers;
    const rooms = new Set([...Object.keys(known), ...Object.keys(added ?? {})]);
    return JSON.stringify(Object.fromEntries([...rooms].map((room) => [room, { ...known[room], ...added?.[room] }])), null, 2);
  } catch {
    return text;
  }
}
