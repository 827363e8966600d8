/** Signing in by an account. What the hub says of it is read here by hand: a hub without accounts answers 404, and then there are only tokens. */
import { ApiError, own, read } from '../api/problem';
import { session } from './session';

export interface Ways {
  /** Whether anybody owns the hub yet. */
  set_up: boolean;
  /** Whether there is a sign-in by name and password. */
  password: boolean;
  /** Identity providers, in the order of their buttons; an older hub names none. */
  providers?: { name: string; title: string }[];
}

async function asked<T>(path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`${location.origin}/api/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    throw new ApiError(own('no_answer', error instanceof Error ? error.message : String(error)));
  }
  const text = await response.text();
  const content: unknown = text ? JSON.parse(text) : null;
  if (!response.ok) throw new ApiError(read(content, response));
  return content as T;
}

/** How people sign in at this hub. */
export async function ways(): Promise<Ways> {
  try {
    return await asked<Ways>('sign-in');
  } catch (error) {
    if (error instanceof ApiError && [401, 404, 405].includes(error.status)) return { set_up: true, password: false };
    throw error;
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  await asked('sign-in', { name, password });
  session.byAccount();
}

/** Leaves for an identity provider; the page comes back where it was. */
export async function goTo(provider: string): Promise<void> {
  const here = location.pathname === '/sign-in' ? '/' : `${location.pathname}${location.search}`;
  const { url } = await asked<{ url: string }>(`sign-in/providers/${encodeURIComponent(provider)}`, { return_to: here });
  location.assign(url);
}

/** Ends the session at the hub too, and at the provider where it began there; a token only leaves this tab. */
export async function signOut(): Promise<void> {
  const account = session.state() === 'account';
  const out = account ? await asked<{ url: string } | null>('sign-out', {}).catch(() => null) : null;
  session.over();
  if (out) location.assign(out.url);
}

/** Whether the browser has a session: asked once, when the page begins. */
export async function look(): Promise<void> {
  if (session.state() !== 'asking') return;
  const response = await fetch(`${location.origin}/api/v1/me`).catch(() => null);
  if (session.state() !== 'asking') return;
  if (response?.ok) session.byAccount();
  else session.over();
}

export interface Link {
  purpose: 'setup' | 'password';
  name: string | null;
  expires_at: string;
}

/** What a one-time link is for. */
export function lookAtLink(link: string): Promise<Link> {
  return asked<Link>('sign-in/link/look', { link });
}

/** Sets the password that a one-time link is for, and signs in with it. */
export async function takeLink(link: string, password: string, name?: string): Promise<void> {
  await asked('sign-in/link', { link, password, ...(name ? { name } : {}) });
  session.byAccount();
}
