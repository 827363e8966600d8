/** What the one who is signed in may do. */
import { useQuery } from '@tanstack/react-query';
import { api, take } from '../api/client';
import { type Key, useT } from '../i18n';

export type Capability =
  | 'see_documents'
  | 'see_payloads'
  | 'settle_exceptions'
  | 'amend_data'
  | 'run_batches'
  | 'settle_messages'
  | 'hold_breakers'
  | 'move_cursors'
  | 'edit_drafts'
  | 'publish'
  | 'see_metrics'
  | 'decide_tasks'
  | 'manage_users'
  | 'read_audit'
  // Has no capability of its own; the permission is meant.
  | 'start';

export function useMe() {
  return useQuery({ queryKey: ['me'], queryFn: () => take(api.GET('/api/v1/me')), staleTime: 60_000 });
}

/** Null when it may; else the reason, for a control that is shown all the same. */
export function useRefusal() {
  const me = useMe();
  const t = useT();
  return (capability: Capability): string | null => {
    if (!me.data || me.data.capabilities.includes(capability) || me.data.permissions.includes(capability)) return null;
    return t('rights.lacks', { what: t(`rights.${capability}` as Key) });
  };
}
