/**
 * Copies of texts that are not saved yet, kept in this browser with every change: leaving the page, a hub that does not answer
 * or a session that ends loses nothing. A copy is one person's, and says which text it was made of, so that what somebody else
 * saved meanwhile is not overwritten by it.
 */
import { store, stored } from '../../i18n';

const PREFIX = 'waybill.text:';
/** More than anybody works on at once; the oldest goes. */
const COPIES_MAX = 30;

export interface Of {
  who: string;
  kind: string;
  id: string;
}

export interface Copy {
  /** The hub's text that it was made of. */
  base: string;
  baseTag: string;
  text: string;
  /** What was on its way to the hub when it was left: found there, it is this person's own. */
  sending: string | null;
  at: string;
  /** The page that wrote it; another page does not remove it. */
  page: string;
}

export interface Known {
  text: string;
  tag: string;
}

const keyOf = ({ who, kind, id }: Of) => `${PREFIX}${who}/${kind}/${id}`;

/** Keeps a copy; false where the browser does not. */
export function keepCopy(of: Of, copy: Copy): boolean {
  const key = keyOf(of);
  const text = JSON.stringify(copy);
  if (stored(key) === null) makeRoom();
  return store(key, text) && stored(key) === text;
}

export function copyOf(of: Of): Copy | null {
  return read(keyOf(of));
}

/** Removes the copy that this page wrote, or with no page given whichever is there. */
export function dropCopy(of: Of, page?: string) {
  const key = keyOf(of);
  if (page !== undefined && read(key)?.page !== page) return;
  remove(key);
}

function read(key: string): Copy | null {
  try {
    const found = JSON.parse(stored(key) ?? 'null') as Partial<Copy> | null;
    return typeof found?.text === 'string' && typeof found.base === 'string' && typeof found.baseTag === 'string'
      ? { sending: null, at: '', page: '', ...(found as Pick<Copy, 'text' | 'base' | 'baseTag'>) }
      : null;
  } catch {
    return null;
  }
}

function remove(key: string) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Storage is forbidden; then there is none either.
  }
}

function makeRoom() {
  try {
    const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '');
    const copies = keys
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => ({ key, at: read(key)?.at ?? '' }))
      .sort((one, other) => one.at.localeCompare(other.at));
    for (const { key } of copies.slice(0, Math.max(0, copies.length - COPIES_MAX + 1))) remove(key);
  } catch {
    // As above.
  }
}

export interface Resumed {
  text: string;
  /** What the text is a change of. */
  base: Known;
  /** When the text that was put back was typed. */
  restored: string | null;
  /** What the hub has instead of the base by now. */
  theirs: Known | null;
}

/** With which text the work begins: the hub's, or what was typed and not saved. */
export function resumed(copy: Copy | null, now: Known): Resumed {
  if (!copy || copy.text === now.text) return { text: now.text, base: now, restored: null, theirs: null };
  const same = copy.baseTag === now.tag || copy.base === now.text || copy.sending === now.text;
  if (same) return { text: copy.text, base: now, restored: copy.at, theirs: null };
  return { text: copy.text, base: { text: copy.base, tag: copy.baseTag }, restored: copy.at, theirs: now };
}
