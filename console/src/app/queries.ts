/** How answers are kept: one client, refreshed by the stream and not by guesses. */
import { QueryClient } from '@tanstack/react-query';
import { type Changes, joined } from '../api/changes';
import { live } from '../api/live';
import { ApiError } from '../api/problem';
import { concerns } from './concerns';

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (failed, error) =>
        failed < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status === 503 || error.status === 429),
      retryDelay: (failed) => 500 * 2 ** failed,
    },
  },
});

/** Changes that come within this time are read again together. */
const TOGETHER_MS = 400;

/** Reads again what the stream says has changed; a page of another document is left alone. */
export function followLive(): () => void {
  let gathered: Changes = {};
  let timer: ReturnType<typeof setTimeout> | null = null;
  const flush = () => {
    timer = null;
    const stale = queries.getQueryCache().findAll({ predicate: ({ queryKey }) => concerns(queryKey, gathered, callsOf) });
    // A read that is under way is not begun anew: with a slow hub and much traffic it would never end.
    if (stale.some((query) => query.state.fetchStatus === 'fetching')) {
      timer = setTimeout(flush, TOGETHER_MS);
      return;
    }
    const changes = gathered;
    gathered = {};
    void queries.invalidateQueries({ predicate: ({ queryKey }) => concerns(queryKey, changes, callsOf) });
  };
  const stop = live.onChanges((changes) => {
    gathered = joined(gathered, changes);
    timer ??= setTimeout(flush, TOGETHER_MS);
  });
  return () => {
    stop();
    if (timer) clearTimeout(timer);
  };
}

/** From what is kept of its effects by now. */
function callsOf(instance: string): ReadonlySet<string> | null {
  const kept = queries.getQueryData<{ pages: { items: { id: string }[] }[] }>(['instance', instance, 'effects']);
  return kept ? new Set(kept.pages.flatMap((page) => page.items.map((effect) => effect.id))) : null;
}
