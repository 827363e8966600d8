import { useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '../../api/client';
import { ApiError } from '../../api/problem';

/** A definition with its versions. */
export function useDefinition(kind: string, id: string) {
  return useQuery({
    queryKey: ['definition', kind, id],
    queryFn: () =>
      take(api.GET('/api/v1/definitions/{kind}/{id}', { params: { path: { kind, id } } })) as Promise<Schemas['DefinitionDetail']>,
  });
}

/** Its text as it is live. */
export function useText(kind: string, id: string) {
  return useQuery({
    queryKey: ['definition', kind, id, 'text'],
    queryFn: () => take(api.GET('/api/v1/definitions/{kind}/{id}/text', { params: { path: { kind, id } } })),
  });
}

/** The caller's own draft; null when there is none. */
export function useDraft(kind: string, id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['definition', kind, id, 'draft'],
    queryFn: () =>
      take(api.GET('/api/v1/definitions/{kind}/{id}/draft', { params: { path: { kind, id } } })).catch((error) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }),
    enabled,
    // What is being written is not replaced under the pen.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}
