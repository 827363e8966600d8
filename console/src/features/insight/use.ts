import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { daysOf, spanOf } from './range';

/**
 * The figures of a flow over the last days, or over as many days before those, and since when: a table of the same figures begins
 * there too.
 */
export function useInsight(flow: string, range: string, { enabled = true, before = false } = {}) {
  // Fixed while the page is open, so that a look at another tab and back shows the same figures.
  const [now] = useState(() => new Date());
  const query = spanOf(daysOf(range), now, before);
  const insight = useQuery({
    queryKey: ['insight', flow, query],
    queryFn: () => take(api.GET('/api/v1/flows/{flow}/insight', { params: { path: { flow }, query } })),
    staleTime: 60_000,
    enabled,
  });
  return { insight, since: query.since };
}
