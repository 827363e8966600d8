/** Who works here by whose word, and where the address says to look. */
import { useQuery } from '@tanstack/react-query';
import { api, take } from '../../api/client';
import { useSection } from '../settings/address';

/** A source that was asked to be read is looked at often until it was; otherwise readings are days apart. */
const SOON_MS = 1_500;
const LATER_MS = 30_000;

export function useOrganisation(soon = false) {
  return useQuery({
    queryKey: ['organisation'],
    queryFn: () => take(api.GET('/api/v1/organisation')),
    refetchInterval: soon ? SOON_MS : LATER_MS,
  });
}

/** What the address says of this page. */
export const useAddress = () => useSection('organisation');
