/** What each verb is given beside a comment, and how it is shown. The hub says which of them a person may use. */

import type { Attached, Uploaded } from './files';

export type Part = 'people' | 'place' | 'step' | 'straight' | 'outcome' | 'files' | 'edits';

interface Shown {
  parts: Part[];
  /** People without whom it means nothing. */
  needsPeople?: boolean;
  /** It is about the document as the person saw it. */
  decides?: boolean;
  tone?: 'primary' | 'danger';
}

const VERBS: Record<string, Shown> = {
  approve: { parts: ['edits', 'files'], decides: true, tone: 'primary' },
  complete: { parts: ['edits', 'files'], decides: true, tone: 'primary' },
  resubmit: { parts: ['edits', 'files'], decides: true, tone: 'primary' },
  answer: { parts: ['files'], tone: 'primary' },
  contribute: { parts: ['files'], tone: 'primary' },
  read: { parts: [], tone: 'primary' },
  claim: { parts: [], tone: 'primary' },
  reject: { parts: ['files'], decides: true, tone: 'danger' },
  return: { parts: ['step', 'straight', 'files'], decides: true },
  transfer: { parts: ['people'], needsPeople: true },
  add: { parts: ['people', 'place'], needsPeople: true },
  remove: { parts: [] },
  release: { parts: [] },
  take_back: { parts: [] },
  assist: { parts: ['people'], needsPeople: true },
  consult: { parts: ['people'], needsPeople: true },
  copy: { parts: ['people'], needsPeople: true },
  comment: { parts: ['people', 'files'] },
  attach: { parts: ['files'] },
  urge: { parts: [] },
  withdraw: { parts: [], tone: 'danger' },
  revoke: { parts: [], tone: 'danger' },
  terminate: { parts: [], tone: 'danger' },
  intervene: { parts: ['outcome', 'people', 'step'] },
  suspend: { parts: [] },
  resume: { parts: [] },
};

/** The ones that a task is there for, first; the rest stands behind «more». */
const FIRST = ['approve', 'complete', 'resubmit', 'answer', 'contribute', 'claim', 'read', 'reject'];

/** A verb that is newer than this console is given a comment only. */
export function shownOf(verb: string): Shown {
  return VERBS[verb] ?? { parts: [] };
}

export function sorted<Verb extends { verb: string; on: string }>(verbs: readonly Verb[]): { first: Verb[]; more: Verb[] } {
  const rank = (verb: Verb) => FIRST.indexOf(verb.verb);
  const first = verbs.filter((verb) => rank(verb) >= 0).sort((a, b) => rank(a) - rank(b));
  return { first, more: verbs.filter((verb) => rank(verb) < 0) };
}

/** What a person has filled in. */
export interface Filled {
  comment: string;
  people: string;
  place: 'before' | 'after' | 'beside';
  inTurn: boolean;
  step: string;
  straight: boolean;
  outcome: string;
  /** A reference to what lies elsewhere. */
  file: string;
  /** Files that the hub has taken. */
  files: Uploaded[];
  /** Files that are on their way. */
  going: number;
  edits: Record<string, Edited>;
}

export function blank(): Filled {
  return {
    comment: '',
    people: '',
    place: 'before',
    inTurn: false,
    step: 'initiator',
    straight: false,
    outcome: '',
    file: '',
    files: [],
    going: 0,
    edits: {},
  };
}

/** A value as the document takes it. */
export type Edited = string | number | boolean | null;

/** What was typed into a field of this type: whole numbers and yes or no as such, nothing as nothing, all else as text. */
export function edited(type: string | undefined, text: string): Edited {
  if (type === undefined || type === 'text') return text;
  if (text.trim() === '') return null;
  if (type === 'yes_no') return text === 'true';
  if (type === 'int' && /^[+-]?\d{1,15}$/.test(text.trim())) return Number(text);
  return text.trim();
}

/** The ids in a field of people: separated by commas, semicolons, blanks or lines, in either width. */
export function idsOf(text: string): string[] {
  return [...new Set(text.split(/[\s,;，；、]+/).filter((id) => id !== ''))];
}

export interface Body {
  comment?: string;
  to?: string[];
  how?: 'before' | 'after' | 'beside';
  in_turn?: boolean;
  step?: string;
  straight?: boolean;
  outcome?: string;
  attachments?: Attached[];
  edits?: Record<string, unknown>;
  seen?: string;
}

/** What is sent: only what the verb takes and what was filled in; and which version of the document the person saw. */
export function bodyOf(verb: string, filled: Filled, seen?: string): Body {
  const { parts } = shownOf(verb);
  const to = idsOf(filled.people);
  const attachments = parts.includes('files') ? attachmentsOf(filled) : [];
  return {
    ...(filled.comment.trim() ? { comment: filled.comment.trim() } : {}),
    ...(parts.includes('people') && to.length > 0 ? { to } : {}),
    ...(parts.includes('place') ? { how: filled.place, ...(filled.inTurn ? { in_turn: true } : {}) } : {}),
    ...(parts.includes('step') && (verb === 'return' || filled.step !== 'initiator') ? { step: filled.step } : {}),
    ...(parts.includes('straight') && filled.straight ? { straight: true } : {}),
    ...(parts.includes('outcome') && filled.outcome ? { outcome: filled.outcome } : {}),
    ...(attachments.length > 0 ? { attachments } : {}),
    ...(parts.includes('edits') && Object.keys(filled.edits).length > 0 ? { edits: filled.edits } : {}),
    // Of whoever only comments or urges it does not matter what they saw.
    ...(seen && shownOf(verb).decides ? { seen } : {}),
  };
}

function attachmentsOf(filled: Filled): Attached[] {
  const elsewhere = filled.file.trim();
  const reference = elsewhere ? [{ name: elsewhere.split('/').at(-1) || elsewhere, ref: elsewhere }] : [];
  return [...filled.files.map(({ name, ref }) => ({ name, ref })), ...reference];
}

/** What is still missing, as the key of a text; null when it can be sent. */
export function missing(
  verb: { verb: string; comment: boolean },
  filled: Filled,
): 'task.needs_comment' | 'task.needs_people' | 'task.files_going' | null {
  if (verb.comment && filled.comment.trim() === '') return 'task.needs_comment';
  if (shownOf(verb.verb).needsPeople && idsOf(filled.people).length === 0) return 'task.needs_people';
  if (filled.going > 0) return 'task.files_going';
  return null;
}
