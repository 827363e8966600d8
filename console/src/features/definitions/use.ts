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
  return useQuery({ queryKey: ['definition', kind, id, 'text'], queryFn: () => liveText(kind, id) });
}

function liveText(kind: string, id: string) {
  return take(api.GET('/api/v1/definitions/{kind}/{id}/text', { params: { path: { kind, id } } }));
}

/** The same for whoever edits: what was never published has no live text, which is null and no fault. */
export function useTextOrNone(kind: string, id: string) {
  return useQuery({
    queryKey: ['definition', kind, id, 'text or none'],
    queryFn: () =>
      liveText(kind, id).catch((error) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }),
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
