/** A notice template's texts by language, and how it would read with a document's fields put in. */
import { isMap, isScalar, parseDocument } from 'yaml';

export interface Said {
  language: string;
  subject: string;
  text: string;
}

/** Every language of a template; one that is written once for all has no language. */
export function said(text: string): Said[] {
  const root = parseDocument(text).contents;
  if (!isMap(root)) return [];
  const of = (key: string): Map<string, string> => {
    const node: unknown = root.get(key, true);
    if (isScalar(node)) return new Map([['', String(node.value ?? '')]]);
    if (!isMap(node)) return new Map();
    return new Map(
      node.items.map(({ key: name, value }) => [
        isScalar(name) ? String(name.value) : '',
        isScalar(value) ? String(value.value ?? '') : '',
      ]),
    );
  };
  const [subjects, texts] = [of('subject'), of('text')];
  return [...new Set([...subjects.keys(), ...texts.keys()])].map((language) => ({
    language,
    subject: subjects.get(language) ?? subjects.get('') ?? '',
    text: texts.get(language) ?? texts.get('') ?? '',
  }));
}

export interface Piece {
  text: string;
  /** `put` where a field stands, `open` where the hub would have to say what comes there. */
  kind: 'plain' | 'put' | 'open';
}

/** What a template sees: the document, and what is told of it where that is known. */
export interface Seen {
  doc: unknown;
  notice?: Notice;
}

/** The text with what `{{doc.…}}` and `{{notice.…}}` hold; anything else that stands in braces is left as it is written, and marked. */
export function filled(text: string, seen: Seen): Piece[] {
  return text
    .split(/(\{\{[^}]*\}\})/)
    .filter((piece) => piece !== '')
    .map((piece): Piece => {
      if (!piece.startsWith('{{')) return { text: piece, kind: 'plain' };
      const path = /^\{\{\s*((?:doc|notice)\.[\w.]+)\s*\}\}$/.exec(piece)?.[1];
      const value = path === undefined ? undefined : path.split('.').reduce<unknown>(member, seen);
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? { text: String(value), kind: 'put' }
        : { text: piece, kind: 'open' };
    });
}

function member(of: unknown, name: string): unknown {
  return of !== null && typeof of === 'object' && Object.hasOwn(of, name) ? (of as Record<string, unknown>)[name] : undefined;
}

/** A text as it would be sent, with what is not known left in its braces. */
export function plain(pieces: Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}

/** `notice` as templates see it. */
export type Notice = Record<string, string | boolean | string[]>;

interface Task {
  id: string;
  person: string;
  person_name: string;
  step: string;
  step_title: Record<string, string>;
  document: { kind: string; key: string };
}

/** What the hub would tell the holder of a task. A try makes no links that decide. */
export function noticeOf(task: Task, event: string, language: string, hub: string, at: Date): Notice {
  return {
    event,
    person: task.person,
    person_name: task.person_name,
    people: [task.person],
    language,
    urgent: event === 'escalated',
    document_kind: task.document.kind,
    key: task.document.key,
    step: task.step,
    step_title: task.step_title[language] ?? task.step,
    at: at.toISOString(),
    url: `${hub}/tasks?task=${task.id}`,
    approve_url: '',
    reject_url: '',
  };
}
