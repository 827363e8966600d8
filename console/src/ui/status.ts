/**
 * How each state looks: one table for documents, instances, steps, effects, attempts, connections, batches. Red is only for
 * what a person must act on; what is tried again by itself is amber; unknown has a look of its own.
 */
import type { IconName } from './icons';

export type Tone = 'ok' | 'warn' | 'bad' | 'info' | 'waiting' | 'unknown' | 'plain';

interface Look {
  tone: Tone;
  icon: IconName;
}

const look = (tone: Tone, icon: IconName): Look => ({ tone, icon });
const OK = look('ok', 'check');
const WARN = look('warn', 'refresh');
const BAD = look('bad', 'alert');
const WORKING = look('info', 'bolt');
const WAITING = look('waiting', 'hourglass');
const UNKNOWN = look('unknown', 'question');
const OVER = look('plain', 'minus');
const REFUSED = look('plain', 'ban');

const LOOKS: Record<string, Record<string, Look>> = {
  document: {
    draft: look('plain', 'document'),
    submitted: WORKING,
    in_approval: WAITING,
    approved: OK,
    released: OK,
    fulfilled: OK,
    partially_fulfilled: WORKING,
    posted: OK,
    paid: OK,
    rejected: REFUSED,
    cancelled: OVER,
    closed: OVER,
    revoked: REFUSED,
    expired: look('plain', 'clock'),
    void: OVER,
  },
  diagnosis: { stopped: BAD, working: WORKING, waiting: WAITING, ended: OK, idle: OVER },
  instance: { running: WORKING, exception: BAD, ended: OK, superseded: OVER, cancelled: OVER },
  visit: {
    running: WORKING,
    waiting: WAITING,
    reversing: WARN,
    exception: BAD,
    done: OK,
    skipped: OVER,
    failed: REFUSED,
    left: OVER,
    reversed: look('plain', 'refresh'),
  },
  effect: { planned: look('plain', 'clock'), started: WORKING, waiting: WARN, done: OK, failed: REFUSED, withdrawn: OVER },
  class: {
    ok: OK,
    not_found: OVER,
    conflict: WARN,
    refused: REFUSED,
    auth_expired: WARN,
    rate_limited: WARN,
    retryable: WARN,
    unknown: UNKNOWN,
  },
  connection: { healthy: OK, idle: OVER, degraded: WARN, open: BAD, held: look('bad', 'pause') },
  breaker: { closed: OK, probing: WARN, open: BAD, held_open: look('bad', 'pause'), held_closed: WARN, released: OK },
  exception: { open: BAD, closed: OK },
  batch: { running: WORKING, paused: look('warn', 'pause'), cancelled: OVER, done: OK },
  item: { waiting: look('plain', 'clock'), done: OK, failed: BAD, skipped: OVER, cancelled: OVER },
  // A dry run has done nothing: nothing of it is green.
  dry: { waiting: look('plain', 'clock'), done: look('info', 'question'), failed: REFUSED, skipped: OVER, cancelled: OVER },
  message: { parked: WAITING, stopped: BAD },
  task: {
    waiting: look('plain', 'clock'),
    pending: WAITING,
    approved: OK,
    rejected: REFUSED,
    done: OK,
    returned: WARN,
    transferred: look('plain', 'person'),
    cancelled: OVER,
    skipped: OVER,
    expired: look('plain', 'clock'),
  },
  reading: { taken: OK, held: BAD, accepted: look('info', 'person'), failed: WARN },
  run: { planned: look('plain', 'clock'), running: WORKING, done: OK, failed: BAD, cancelled: OVER },
  drift: { open: BAD, accepted: OVER, resolved: OK },
  user: { invited: look('waiting', 'hourglass'), active: OK, disabled: look('plain', 'ban') },
  audit: { done: OK, refused: REFUSED, failed: BAD, unknown: UNKNOWN },
  compared: {
    same: OK,
    changed: look('warn', 'pulse'),
    fails: BAD,
    mended: look('info', 'check'),
    fails_still: REFUSED,
    untold: UNKNOWN,
  },
  verdict: { valid: OK, unheard: OVER, challenge: OVER },
  severity: { error: BAD, warning: look('warn', 'alert'), hint: look('info', 'question'), info: look('info', 'question') },
};

/** The look of a state; a word that nobody here knows is plain, not green. */
export function lookOf(room: string, state: string): Look {
  return LOOKS[room]?.[state] ?? look('plain', 'dot');
}
