import { useNavigate } from '@tanstack/react-router';
import { settingsRoute } from '../../app/router';

/** What the address says of a page of the settings, and a way to say something else. */
export function useSection(section: string) {
  const navigate = useNavigate();
  const search = settingsRoute.useSearch();
  const go = (next: Partial<typeof search>) =>
    void navigate({ to: '/settings/$section', params: { section }, search: { ...search, ...next }, replace: true });
  return { search, go };
}
