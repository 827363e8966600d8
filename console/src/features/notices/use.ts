/** Definitions of a kind that are live, with their texts. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '../../api/client';
import { useSection } from '../settings/address';

export interface WithText {
  item: Schemas['DefinitionItem'];
  /** What its text is; undefined while it is on its way. */
  text: string | undefined;
  error: unknown;
}

export function useKind(kind: string) {
  const query = useQuery({
    queryKey: ['definitions', kind],
    queryFn: () => take(api.GET('/api/v1/definitions', { params: { query: { kind } } })),
    staleTime: 30_000,
  });
  const items = (query.data?.items ?? []).filter((item) => item.version);
  const texts = useQueries({
    queries: items.map(({ id }) => ({
      queryKey: ['definition', kind, id, 'text'],
      queryFn: () => take(api.GET('/api/v1/definitions/{kind}/{id}/text', { params: { path: { kind, id } } })),
    })),
  });
  const found = items.map(
    (item, index): WithText => ({ item, text: texts[index]?.data?.text, error: texts[index]?.error ?? null }),
  );
  return { query, found };
}

/** The channels that a flow or a person may name: those that need no definition, and the project's. */
export function useChannelNames(): string[] {
  const { found } = useKind('channel');
  return [...BUILT_IN, ...found.map(({ item }) => item.id)];
}

export const BUILT_IN = ['log', 'mail'];

/** What the address says of this page. */
export const useAddress = () => useSection('notifications');
