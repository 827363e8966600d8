/** Sample documents: how they are known, loaded and taken out again. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, take } from '../../api/client';

/** The source of sample documents, which no real one has. */
const SOURCE = 'waybill:sample';

export function isSample(document: { source: string }): boolean {
  return document.source === SOURCE;
}

export function useSample(wanted: boolean) {
  return useQuery({ queryKey: ['sample'], queryFn: () => take(api.GET('/api/v1/sample')), enabled: wanted });
}

/** Loading and removing change every list there is. */
export function useLoadSample(onDone?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => take(api.POST('/api/v1/sample')),
    onSuccess: () => {
      onDone?.();
      return client.invalidateQueries();
    },
  });
}

export function useRemoveSample(onDone?: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => take(api.DELETE('/api/v1/sample')),
    onSuccess: () => {
      onDone?.();
      return client.invalidateQueries();
    },
  });
}
