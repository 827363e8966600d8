/** What a connector's text says of itself, for whoever chooses one: what it can, how it is proven, and what a connection must give. */
import { isMap, isPair, isScalar, isSeq, type Node, parseDocument, visit, type YAMLMap } from 'yaml';

/** Something to be filled in, under the vendor's own word for it. */
export interface Setting {
  name: string;
  /** `url`, `string`, `secret`, `int`, `bool`, … */
  type: string;
  optional: boolean;
  /** What holds where nothing is given. */
  standard: string | null;
  /** What its author wrote beside it. */
  note: string;
}

/** What an operation is to whoever looks for one. */
export type Ability = 'creates' | 'changes' | 'finds' | 'reads';

export interface Operation {
  id: string;
  ability: Ability;
}

export interface Event {
  id: string;
  /** The document type it makes; of an event about something known, none. */
  makes: string | null;
  /** `webhook`, `stream`, `reread`. */
  heardBy: string[];
  /** The mapping it needs. */
  map: string | null;
}

export interface Described {
  id: string;
  title: Record<string, string>;
  /** `http`, `sql`, `file`, `amqp`, `smtp`. */
  kind: string;
  /** How the hub logs in. */
  auth: string;
  proof: { by: string; with: string; memory: string[] };
  settings: Setting[];
  operations: Operation[];
  events: Event[];
}

/** Reads a connector's text; null when it defines none. What cannot be read is left out: the hub says what is wrong with it. */
export function describe(text: string): Described | null {
  const root = parseDocument(text).contents;
  if (!isMap(root) || !root.has('connector')) return null;
  const operations = entries(root.get('operations', true));
  const lookups = new Set(operations.flatMap(([, operation]) => lookupOf(operation)));
  const proof = root.get('proof', true);
  const auth = root.get('auth', true);
  const title = root.get('title', true);
  return {
    id: word(root, 'connector'),
    title: isMap(title) ? (title.toJSON() as Record<string, string>) : isScalar(title) ? { en: String(title.value) } : {},
    kind: word(root, 'kind') || 'http',
    auth: isMap(auth) ? word(auth, 'kind') : 'none',
    proof: isMap(proof)
      ? { by: word(proof, 'by'), with: word(proof, 'with'), memory: texts(proof.get('memory', true)) }
      : { by: 'memory', with: '', memory: [] },
    settings: entries(root.get('settings', true)).map(([name, setting]) => settingOf(name, setting)),
    operations: operations.map(([id, operation]) => ({ id, ability: abilityOf(id, operation, lookups) })),
    events: entries(root.get('events', true)).map(([id, event]) => eventOf(id, event)),
  };
}

/** How strong a proof is, the strongest first. */
export const PROOFS = ['real_system', 'vendor_sdk', 'independent_client', 'dossier', 'memory', 'own'] as const;

export function strength({ proof }: Described): number {
  const found = PROOFS.indexOf(proof.by as (typeof PROOFS)[number]);
  return found < 0 ? PROOFS.length : found;
}

function settingOf(name: string, setting: YAMLMap): Setting {
  return {
    name,
    type: word(setting, 'type') || 'string',
    optional: setting.get('optional') === true,
    standard: setting.has('default') ? word(setting, 'default') : null,
    note: (setting.comment ?? '').trim(),
  };
}

/** A write that gives back what it made is one that creates; a look-up is what a write asks before it repeats itself. */
function abilityOf(id: string, operation: YAMLMap, lookups: ReadonlySet<string>): Ability {
  if (word(operation, 'effect') === 'write') {
    const output = operation.get('output', true);
    const gives = isMap(output) && output.has('external_id');
    return gives || /^(create|send|publish|post)(_|$)/.test(id) ? 'creates' : 'changes';
  }
  return lookups.has(id) || id.startsWith('find_') ? 'finds' : 'reads';
}

function lookupOf(operation: YAMLMap): string[] {
  const idempotency = operation.get('idempotency', true);
  return isMap(idempotency) && idempotency.has('operation') ? [word(idempotency, 'operation')] : [];
}

function eventOf(id: string, event: YAMLMap): Event {
  const heard = event.get('heard_by', true);
  const ways = isSeq(heard) ? heard.items.flatMap((way) => (isMap(way) ? [nameOf(way)] : [])) : [];
  return {
    id,
    makes: word(event, 'document') || null,
    heardBy: [...new Set(ways.filter((way) => ['webhook', 'stream', 'reread'].includes(way)))],
    map: word(event, 'map') || null,
  };
}

/** The first key of a way to hear of something says which way it is. */
function nameOf(way: YAMLMap): string {
  const first = way.items[0];
  return first && isScalar(first.key) ? String(first.key.value) : '';
}

/** The names that stand under a key anywhere in a text, such as the dictionaries that a mapping looks up in. */
export function namesUnder(text: string, key: string): string[] {
  const found = new Set<string>();
  visit(parseDocument(text), {
    Pair(_, pair) {
      if (!isScalar(pair.key) || pair.key.value !== key) return;
      if (isScalar(pair.value) && typeof pair.value.value === 'string') found.add(pair.value.value);
      // `lookup: {in: …}` and its like name the table first.
      if (isMap(pair.value)) {
        const first = pair.value.items[0];
        if (isPair(first) && isScalar(first.value)) found.add(String(first.value.value));
      }
    },
  });
  return [...found];
}

function entries(node: unknown): [string, YAMLMap][] {
  if (!isMap(node)) return [];
  return node.items.flatMap((pair) => (isMap(pair.value) ? [[isScalar(pair.key) ? String(pair.key.value) : '', pair.value]] : []));
}

function word(map: YAMLMap, key: string): string {
  const value = map.get(key, true) as Node | undefined;
  return isScalar(value) && value.value !== null ? String(value.value) : '';
}

function texts(node: unknown): string[] {
  return isSeq(node) ? node.items.flatMap((item) => (isScalar(item) ? [String(item.value)] : [])) : [];
}
