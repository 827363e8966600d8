import { useQuery } from '@tanstack/react-query';
import { api, take } from '../../api/client';

/** Instances that are under way, as many as one page of the hub holds of each kind. */
export function useUnderWay(flow: string) {
  return useQuery({
    queryKey: ['instance', 'of', flow],
    queryFn: async () => {
      const of = (status: string) => take(api.GET('/api/v1/instances', { params: { query: { flow, status, limit: 500 } } }));
      const [running, stopped] = await Promise.all([of('running'), of('exception')]);
      return { items: [...stopped.items, ...running.items], more: !!(running.next_cursor || stopped.next_cursor) };
    },
    refetchInterval: 15_000,
  });
}
