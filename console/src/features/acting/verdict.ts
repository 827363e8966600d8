/** From the hub's diagnosis to what a person who pressed a button is told. Never more than is known. */
import type { Schemas } from '../../api/client';

export type Verdict = 'accepted' | 'working' | 'again_later' | 'unknown' | 'failed_again' | 'waiting' | 'done';

export function verdictOf(diagnosis: Pick<Schemas['Diagnosis'], 'state' | 'code' | 'actions'>, exception: string): Verdict {
  // The very exception is still open: the command is on its way.
  if (diagnosis.actions.some((action) => action.exception === exception)) return 'accepted';
  if (diagnosis.code === 'outcome_unknown') return 'unknown';
  if (diagnosis.code === 'retry_later') return 'again_later';
  switch (diagnosis.state) {
    case 'stopped':
      return 'failed_again';
    case 'waiting':
      return 'waiting';
    case 'ended':
      return 'done';
    default:
      return 'working';
  }
}
