import { useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '../../api/client';

export type Detail = Schemas['DocumentDetail'];

/** One document with its links, relations and instances. */
export function useDocument(id: string) {
  return useQuery({
    queryKey: ['document', id],
    queryFn: () => take(api.GET('/api/v1/documents/{id}', { params: { path: { id } } })) as Promise<Detail>,
  });
}
