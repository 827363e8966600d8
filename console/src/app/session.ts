/**
 * Who is signed in: by an account, whose session the browser keeps in a cookie that no script reads, or by a token, kept for
 * this tab only. Neither ever stands in the address.
 */

const KEY = 'waybill.token';
const listeners = new Set<() => void>();

/** `asking`: it is not known yet whether the browser has a session. */
export type SignedIn = 'asking' | 'account' | 'token' | 'no';

let token: string | null = read();
let state: SignedIn = token ? 'token' : 'asking';

function read(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    // Storage can be forbidden; then a reload asks for the token again.
    return null;
  }
}

function keep(value: string | null) {
  try {
    if (value === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, value);
  } catch {
    // As above.
  }
}

function become(next: SignedIn) {
  if (next === state) return;
  state = next;
  for (const listener of listeners) listener();
}

export const session = {
  token: () => token,
  state: () => state,
  /** Whether anything may be asked of the hub. */
  isOn: () => state === 'account' || state === 'token',
  /** Signs in by a token, or out. */
  set(value: string | null) {
    if (value === token) return;
    token = value;
    keep(value);
    state = value === null ? 'no' : 'token';
    for (const listener of listeners) listener();
  },
  /** The browser has a session of an account. A token that was there before would stand in its way. */
  byAccount() {
    token = null;
    keep(null);
    become('account');
  },
  /** There is no session, or it is over. */
  over() {
    token = null;
    keep(null);
    become('no');
  },
  subscribe(listener: () => void) {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

/**
 * `waybill demo` prints an address with its token behind `#`, which browsers send to nobody. It is taken on this machine only,
 * so that a link from elsewhere cannot sign anybody in.
 */
export function takeTokenFromAddress() {
  const match = /^#token=([\w.~-]+)$/.exec(location.hash);
  if (!match?.[1]) return;
  history.replaceState(null, '', location.pathname + location.search);
  if (['127.0.0.1', '[::1]', 'localhost'].includes(location.hostname)) session.set(match[1]);
}
