/** What a person can do about what stopped, and what each asks for. The hub decides whether it may be done. */
import type { Key } from '../../i18n';

export type Action =
  | 'retry'
  | 'amend'
  | 'from-step'
  | 'newer-version'
  | 'skip'
  | 'mark-done'
  | 'cancel'
  | 'assign'
  | 'take-up'
  | 'drop';

export interface Fields {
  reason: string;
  step: string;
  proof: string;
  output: string;
  patch: string;
  assignee: string;
}

export const NO_FIELDS: Fields = { reason: '', step: '', proof: '', output: '', patch: '', assignee: '' };

interface Spec {
  /** Fields it shows, in their order. */
  fields: (keyof Fields)[];
  /** Those that must be filled. */
  required: (keyof Fields)[];
}

export const ACTIONS: Record<Action, Spec> = {
  retry: { fields: ['reason'], required: [] },
  amend: { fields: ['patch', 'reason'], required: ['patch', 'reason'] },
  'from-step': { fields: ['step', 'reason'], required: ['step', 'reason'] },
  'newer-version': { fields: ['reason'], required: ['reason'] },
  skip: { fields: ['reason'], required: ['reason'] },
  'mark-done': { fields: ['proof', 'output', 'reason'], required: ['proof'] },
  cancel: { fields: ['reason'], required: ['reason'] },
  assign: { fields: ['assignee'], required: [] },
  'take-up': { fields: ['reason'], required: [] },
  drop: { fields: ['reason'], required: ['reason'] },
};

/** By resource, in the order they are offered. */
export const OF_RESOURCE: Record<'documents' | 'exceptions' | 'messages', Action[]> = {
  documents: ['retry', 'newer-version', 'skip', 'cancel'],
  exceptions: ['retry', 'assign', 'from-step', 'newer-version', 'skip', 'mark-done', 'amend', 'cancel'],
  messages: ['take-up', 'drop'],
};

export function isAction(word: string): word is Action {
  return word in ACTIONS;
}

export interface Arguments {
  arguments: Record<string, unknown>;
  reason?: string;
}

/** The fields as the hub takes them, or what is wrong with them. */
export function argumentsOf(action: Action, fields: Fields): { ok: Arguments } | { fault: [keyof Fields, Key] } {
  const spec = ACTIONS[action];
  for (const name of spec.required) if (fields[name].trim() === '') return { fault: [name, 'act.needed'] };
  const found: Record<string, unknown> = {};
  for (const name of spec.fields) {
    const text = fields[name].trim();
    if (name === 'reason' || (text === '' && name !== 'assignee')) continue;
    if (name === 'patch' || name === 'output') {
      const value = json(text);
      if (value === undefined || value === null || typeof value !== 'object' || (name === 'output' && Array.isArray(value)))
        return { fault: [name, 'act.not_json'] };
      found[name] = value;
    } else found[name] = text === '' ? null : text;
  }
  const reason = fields.reason.trim();
  return { ok: { arguments: found, ...(reason && spec.fields.includes('reason') ? { reason } : {}) } };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
