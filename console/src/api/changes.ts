/** What the stream says has changed. */

export type Topic = 'batches' | 'documents' | 'drift' | 'effects' | 'exceptions' | 'instances' | 'releases' | 'tasks';
/** Topic to the ids that changed; `all` when there are too many to name, or nobody knows. */
export type Changes = Partial<Record<Topic, string[] | 'all'>>;

/** Ids by topic; the hub names them with their versions, or says `"many"`. */
export function changesOf(data: string): Changes {
  const told: unknown = JSON.parse(data);
  const changes: Changes = {};
  if (told === null || typeof told !== 'object') return changes;
  for (const [topic, what] of Object.entries(told)) {
    changes[topic as Topic] = Array.isArray(what) ? what.map((pair) => String(Array.isArray(pair) ? pair[0] : pair)) : 'all';
  }
  return changes;
}

/** Both together. */
export function joined(one: Changes, other: Changes): Changes {
  const all: Changes = { ...one };
  for (const [topic, ids] of Object.entries(other) as [Topic, string[] | 'all'][]) {
    const known = all[topic];
    all[topic] = known === 'all' || ids === 'all' ? 'all' : [...new Set([...(known ?? []), ...ids])];
  }
  return all;
}
