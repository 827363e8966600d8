/** What an action would send, and whether it may be pressed: no call that may happen twice without a person who has said yes to it. */
import type { Schemas } from '../../api/client';
import { ACTIONS, type Action, argumentsOf, type Fields } from './actions';

export type Preview = Schemas['Preview'];
type Call = Pick<Schemas['PreviewCall'], 'connection' | 'operation' | 'may_duplicate'>;

/** Why or by what proof changes nothing of what is sent; it is asked for when it is done. */
const WORDS_ONLY: (keyof Fields)[] = ['reason', 'proof'];

/** The fields that a dry run needs, as the hub takes them; null while some are missing or cannot be read. */
export function triedWith(action: Action, fields: Fields): Record<string, unknown> | null {
  const filled = { ...fields };
  for (const name of WORDS_ONLY) if (filled[name].trim() === '') filled[name] = '-';
  const made = argumentsOf(action, filled);
  return 'ok' in made ? made.ok.arguments : null;
}

/** Whether there is a dry run of it: an assignment and what is done to messages send nothing. */
export function canBeTried(action: Action): boolean {
  return action in ACTIONS && !['assign', 'take-up', 'drop'].includes(action);
}

export interface Known {
  /** What would be sent, by what is filled in now. */
  previews: Preview[];
  /** It is being looked at. */
  asking: boolean;
  /** It could not be found out. */
  failed: boolean;
  agreed: boolean;
}

/** `agree`: a call may happen twice; `agree_blind`: nobody knows what would be sent; `refused`: the hub would say no. */
export type Gate = 'open' | 'asking' | 'refused' | 'agree' | 'agree_blind';

export function gateOf({ previews, asking, failed, agreed }: Known): Gate {
  if (asking) return 'asking';
  if (previews.length > 0 && previews.every((preview) => preview.refused)) return 'refused';
  if (agreed) return 'open';
  if (isRisky(previews)) return 'agree';
  return failed ? 'agree_blind' : 'open';
}

export function isRisky(previews: Preview[]): boolean {
  return previews.some((preview) => !preview.refused && preview.calls.some((call) => call.may_duplicate));
}

export interface System {
  connection: string;
  calls: number;
  may_duplicate: boolean;
}

/** The systems that would be called, in the order of their names. */
export function systemsOf(previews: { calls: Call[]; refused?: string | null }[]): System[] {
  const found = new Map<string, System>();
  for (const { calls, refused } of previews) {
    if (refused) continue;
    for (const { connection, may_duplicate } of calls) {
      const before = found.get(connection);
      found.set(connection, {
        connection,
        calls: (before?.calls ?? 0) + 1,
        may_duplicate: may_duplicate || (before?.may_duplicate ?? false),
      });
    }
  }
  return [...found.values()].sort((one, other) => one.connection.localeCompare(other.connection));
}

/** What would not be done of many, by why: the most frequent first. */
export function leftOut(whys: (string | null | undefined)[]): { why: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const why of whys) if (why) counts.set(why, (counts.get(why) ?? 0) + 1);
  return [...counts].map(([why, count]) => ({ why, count })).sort((one, other) => other.count - one.count);
}
