import type { components } from './schema';

/** What the hub says when it says no. */
export type Problem = components['schemas']['Problem'];

/** A refusal, or no answer at all: then `code` is `no_answer`. */
export class ApiError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = 'ApiError';
    this.problem = problem;
  }

  get status() {
    return this.problem.status;
  }

  get code() {
    return this.problem.code;
  }
}

/** The problem that an error is; anything unknown is told as it is, not hidden. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  return own('console_fault', error instanceof Error ? error.message : String(error));
}

/** A problem that the console makes itself. */
export function own(code: string, detail: string, status = 0): Problem {
  return { type: `urn:waybill:problem:${code}`, title: '', status, code, detail, hint: '', docs: '' };
}

/** Reads the problem out of an answer that is none of the good ones. */
export function read(body: unknown, response: Response): Problem {
  const found = typeof body === 'string' ? parsed(body) : body;
  if (found !== null && typeof found === 'object' && 'code' in found && 'detail' in found) return found as Problem;
  // A proxy in between answered, not the hub.
  return own('not_the_hub', `HTTP ${response.status} ${response.statusText}`.trim(), response.status);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
