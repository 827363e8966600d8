/** Somebody as flows name them: a role's holders, a person, who began it. */
import { useCallback } from 'react';
import { useT } from '../i18n';

export function useWho() {
  const t = useT();
  return useCallback(
    (text: string | null | undefined): string => {
      if (!text) return '';
      const [kind, id] = text.split(/:(.*)/s);
      if (kind === 'role' && id) return t('who.role', { role: id });
      if (kind === 'user' && id) return id;
      return text === 'initiator' ? t('who.initiator') : text;
    },
    [t],
  );
}
