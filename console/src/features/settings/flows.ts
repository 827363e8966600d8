/** Flows by what people call them. */
import { useQuery } from '@tanstack/react-query';
import { api, take } from '../../api/client';
import { useLanguage } from '../../i18n';
import { titleOf } from '../definitions/titles';

export function useFlows() {
  return useQuery({
    queryKey: ['definitions', 'flows'],
    queryFn: () => take(api.GET('/api/v1/definitions', { params: { query: { kind: 'flow' } } })),
    staleTime: 60_000,
  });
}

/** A flow's title; its id while nothing better is known. */
export function useFlowTitle() {
  const flows = useFlows();
  const { language } = useLanguage();
  return (id: string): string => {
    const found = flows.data?.items.find((item) => item.id === id);
    return found ? titleOf(found, language) : id;
  };
}
