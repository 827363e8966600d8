import createClient from 'openapi-fetch';
import { session } from '../app/session';
import { ApiError, own, read } from './problem';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];

/** Every request goes through here: the token is added, and a session that has ended is noticed once, for all pages. */
export async function request(input: Request): Promise<Response> {
  const token = session.token();
  if (token) input.headers.set('authorization', `Bearer ${token}`);
  let response: Response;
  try {
    response = await fetch(input);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(own('no_answer', error instanceof Error ? error.message : String(error)));
  }
  // The token of this very request, not one that was typed meanwhile.
  if (response.status === 401 && session.isOn() && token === session.token()) session.over();
  return response;
}

export const api = createClient<paths>({ baseUrl: location.origin, fetch: request });

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** What was asked for, once nothing of it waits for a second person. */
type Done<T> = T extends Schemas['ProposalItem'] ? never : T;

/** The answer's content, or the problem as an error. */
export async function take<T>(answer: Promise<Answer<T>>): Promise<Done<T>> {
  const data = await takeWhole(answer);
  const { status } = (await answer).response;
  // Where a second person has to confirm it, nothing was done: no page must go on as if it were.
  if (status === 202 && data !== null && typeof data === 'object' && 'proposal' in data)
    throw new ApiError(own('second_person', String(data.proposal), status));
  return data as Done<T>;
}

/** The same where proposals are what is asked for. */
export async function takeWhole<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new ApiError(read(error, response));
  return data as T;
}

/** The content with its ETag, for what is written back with `If-Match`. */
export async function takeWithTag<T>(answer: Promise<Answer<T>>): Promise<{ data: T; etag: string }> {
  const settled = await answer;
  const data = await take(Promise.resolve(settled));
  return { data, etag: settled.response.headers.get('etag') ?? '' };
}

/** A key that makes repeating one person's one command harmless. */
export function commandKey(): string {
  return crypto.randomUUID();
}
