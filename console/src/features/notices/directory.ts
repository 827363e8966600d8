/** How people want to be told, as the directory's text says it, and small edits of it. The text stays the truth. */
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { apply, type Path, putSmall, putText, removeKey } from '../../yamltext/edits';

/** What can be said for everybody and for each person; `zone` and `calendar` say by which clock. */
export const MANNERS = ['channels', 'quiet', 'digest', 'language', 'zone'] as const;
export type Manner = (typeof MANNERS)[number];

/** As texts; channels one behind the other with commas between. */
export type Manners = Record<Manner, string>;

export interface Person {
  index: number;
  id: string;
  name: string;
  manners: Manners;
}

export interface Directory {
  manners: Manners;
  calendar: string;
  /** How long a link that decides lasts; empty where there are none. */
  lasts: string;
  /** Whether whoever follows one must be signed in. */
  signIn: boolean;
  people: Person[];
  /** The file that holds the people where they do not stand in the text. */
  table: string | null;
}

export function read(text: string): Directory {
  const root = parseDocument(text).contents;
  const map = isMap(root) ? root : null;
  const users = map?.get('users', true);
  const links = map?.get('decision_links', true);
  return {
    manners: mannersOf(map),
    calendar: word(map?.get('calendar', true)),
    lasts: isMap(links) ? word(links.get('lasts', true)) : '',
    signIn: !isMap(links) || links.get('sign_in') !== false,
    people: isSeq(users) ? users.items.flatMap((item, index) => (isMap(item) ? [personOf(item, index)] : [])) : [],
    table: isScalar(users) ? word(users) : null,
  };
}

function personOf(item: YAMLMap, index: number): Person {
  const id = word(item.get('id', true));
  return { index, id, name: word(item.get('name', true)) || id, manners: mannersOf(item) };
}

function mannersOf(map: YAMLMap | null): Manners {
  const of = (key: Manner) => {
    const node = map?.get(key, true);
    return isSeq(node) ? node.items.map(word).join(', ') : word(node);
  };
  return Object.fromEntries(MANNERS.map((key) => [key, of(key)])) as Manners;
}

function word(node: unknown): string {
  return isScalar(node) ? (node.source ?? String(node.value ?? '')) : '';
}

/** Names with commas or spaces between them. */
export function named(text: string): string[] {
  return text.split(/[\s,，、]+/).filter((name) => name !== '');
}

/** The text with another manner, of a person or of everybody; null where the way it is written leaves that to the text. */
export function withManner(text: string, index: number | null, manner: Manner, value: string): string | null {
  return withValue(text, index === null ? [] : ['users', index], manner, value);
}

/** The same for what only everybody has: the calendar. */
export function withCalendar(text: string, value: string): string | null {
  return withValue(text, [], 'calendar', value);
}

function withValue(text: string, path: Path, key: string, value: string): string | null {
  const names = key === 'channels' ? named(value) : [];
  const edits = names.length > 0 ? putSmall(text, path, key, names) : putText(text, path, key, value.trim());
  return edits === null ? null : apply(text, edits);
}

/** The text with links that decide, or without. */
export function withLinks(text: string, lasts: string, signIn: boolean): string | null {
  const has = parseDocument(text).has('decision_links');
  const edits =
    lasts.trim() === ''
      ? has
        ? removeKey(text, [], 'decision_links')
        : []
      : putSmall(text, [], 'decision_links', { lasts: lasts.trim(), ...(signIn ? {} : { sign_in: false }) });
  return edits === null ? null : apply(text, edits);
}
