/** Statuses that documents can have: those of their types, as the definitions say. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { api, take } from '../../api/client';
import { statusesOf, together } from './vocabulary';

const KEPT_MS = 300_000;

/** Of one type, or of all; beside them `more`, which stand in the ledger or in the address. */
export function useStatuses(type: string | undefined, more: readonly (string | undefined)[]): string[] {
  const definitions = useQuery({
    queryKey: ['definitions', ''],
    queryFn: () => take(api.GET('/api/v1/definitions')),
    staleTime: 60_000,
  });
  const types = (definitions.data?.items ?? []).filter((item) => item.kind === 'document' && (!type || item.id === type));
  const texts = useQueries({
    queries: types.map(({ id }) => ({
      queryKey: ['definition', 'document', id, 'statuses'],
      queryFn: async () => {
        const { text } = await take(
          api.GET('/api/v1/definitions/{kind}/{id}/text', { params: { path: { kind: 'document', id } } }),
        );
        return await statusesOf(text);
      },
      staleTime: KEPT_MS,
      retry: false,
    })),
  });
  return together(
    texts.map((one) => one.data ?? []),
    more,
  );
}
