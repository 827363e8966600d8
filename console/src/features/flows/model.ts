/** A flow's text as nested steps, with where each stands in the text. The text stays the truth; this is a view of it. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';

export const KINDS = [
  'call',
  'create',
  'assign',
  'outcome',
  'approve',
  'choose',
  'parallel',
  'each',
  'subflow',
  'wait',
  'notify',
  'task',
  'end',
] as const;
export type Kind = (typeof KINDS)[number] | 'other';

export interface Step {
  id: string;
  kind: Kind;
  /** What it is about, in a line: the operation, the outcome, whom. */
  what: string;
  /** Further lines: condition, wait, status. */
  notes: string[];
  branches: Branch[];
  /** Of its first character. */
  offset: number;
  line: number;
}

export interface Branch {
  id: string;
  /** Its condition; null for the one that takes the rest, or that always runs. */
  when: string | null;
  steps: Step[];
}

export interface Model {
  id: string;
  starts: string[];
  steps: Step[];
  /** What keeps the text from being read; the steps are then of what could be. */
  problem: string | null;
}

export function read(text: string): Model {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, keepSourceTokens: false });
  const problem = document.errors[0]?.message.split('\n')[0] ?? null;
  const root = isMap(document.contents) ? document.contents : null;
  if (!root) return { id: '', starts: [], steps: [], problem: problem ?? 'not a map' };
  const reader = { lines };
  return {
    id: plain(root.get('flow')),
    starts: items(root, 'start').map((item) => short(item)),
    steps: steps(root, reader),
    problem,
  };
}

interface Reader {
  lines: LineCounter;
}

function steps(map: YAMLMap, reader: Reader): Step[] {
  return items(map, 'steps').flatMap((item) => (isMap(item) ? [step(item, reader)] : []));
}

function step(map: YAMLMap, reader: Reader): Step {
  const kind = KINDS.find((word) => map.has(word)) ?? 'other';
  const value = map.get(kind, true) as Node | undefined;
  const offset = map.range?.[0] ?? 0;
  const notes: string[] = [];
  const note = (name: string, text: string) => text && notes.push(`${name}: ${text}`);
  note('when', plain(map.get('when')));
  note('for', plain(map.get('for')));
  note('map', plain(map.get('map')));
  note('sets', plain(map.get('sets')));
  note('expect', plain(map.get('expect')));
  const awaits = map.get('await', true);
  if (isMap(awaits)) note('await', plain(awaits.get('event')));
  return {
    id: plain(map.get('id')),
    kind,
    what: isMap(value) || isSeq(value) ? told(kind, value) : plain(map.get(kind)),
    notes,
    branches: branches(kind, value, reader),
    offset,
    line: reader.lines.linePos(offset).line,
  };
}

function told(kind: Kind, value: Node): string {
  if (!isMap(value)) return '';
  if (kind === 'end') return [plain(value.get('outcome')), plain(value.get('status'))].filter(Boolean).join(' · ');
  if (kind === 'parallel') return plain(value.get('join'));
  if (kind === 'choose') return '';
  return short(value);
}

function branches(kind: Kind, value: Node | undefined, reader: Reader): Branch[] {
  if (!isMap(value)) return [];
  const branch = (item: YAMLMap, always: boolean): Branch => ({
    id: plain(item.get('id')),
    when: always ? null : plain(item.get('when')) || null,
    steps: steps(item, reader),
  });
  const found = items(value, 'branches').flatMap((item) => (isMap(item) ? [branch(item, kind === 'parallel')] : []));
  const otherwise = value.get('otherwise', true);
  if (isMap(otherwise)) found.push(branch(otherwise, true));
  if (found.length === 0 && value.has('steps')) found.push(branch(value, true));
  return found;
}

function items(map: YAMLMap, name: string): Node[] {
  const list = map.get(name, true);
  return isSeq(list) ? (list.items as Node[]) : [];
}

function plain(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (isScalar(value)) return plain(value.value);
  return typeof value === 'object' ? '' : String(value);
}

/** A small map in a line: `event: erp.purchase_orders`. */
function short(node: Node): string {
  if (!isMap(node)) return plain(node);
  return node.items
    .map((pair) => {
      const text = plain(pair.value);
      return text === '' ? '' : `${plain(pair.key)}: ${text}`;
    })
    .filter(Boolean)
    .join(' · ');
}

/** Every step, outermost first, as the text has them. */
export function flat(list: Step[]): Step[] {
  return list.flatMap((item) => [item, ...item.branches.flatMap((branch) => flat(branch.steps))]);
}
