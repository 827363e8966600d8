/** Who is signed in: a token, kept for this tab only and never in the address. */

const KEY = 'waybill.token';
const listeners = new Set<() => void>();
let token: string | null = read();

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

export const session = {
  token: () => token,
  set(value: string | null) {
    if (value === token) return;
    token = value;
    keep(value);
    for (const listener of listeners) listener();
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
