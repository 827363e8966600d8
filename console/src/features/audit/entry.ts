/** Lines of the audit as words. */
import { useWord } from '../../i18n';

/** What became of it: a word of the hub's, or the status of an answer. */
export function outcomeOf(outcome: string): { state: 'done' | 'refused' | 'failed' | 'unknown'; status: string | null } {
  if (/^\d{3}$/.test(outcome)) {
    const status = Number(outcome);
    return { state: status < 400 ? 'done' : status < 500 ? 'refused' : 'failed', status: outcome };
  }
  if (outcome === 'done' || outcome === 'refused' || outcome === 'unknown') return { state: outcome, status: null };
  return { state: 'done', status: outcome };
}

/** `POST /api/v1/exceptions/{id}/retry` as `exceptions.{id}.retry`; what has no words is shown as it is. */
export function keyOf(action: string): string {
  const match = /^(\w+) \/api\/v1\/(.+)$/.exec(action);
  if (!match) return action.replaceAll('.', '_');
  const path = (match[2] ?? '')
    .split('/')
    .filter((part) => !part.startsWith('{'))
    .join('_');
  return `${(match[1] ?? '').toLowerCase()}_${path.replaceAll('-', '_')}`;
}

/** An action in the reader's language where it has words. */
export function useAction() {
  const word = useWord();
  return (action: string): string => {
    const key = keyOf(action);
    const said = word('action_of', key);
    return said === key.replaceAll('_', ' ') ? action.replace('/api/v1/', '/') : said;
  };
}
