/** What the one who is signed in may do. */
import { useQuery } from '@tanstack/react-query';
import { api, take } from '../api/client';
import { type Key, useT } from '../i18n';
import { judged, type Part } from './rights';

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
  | 'manage_secrets'
  // Has no capability of its own; the permission is meant.
  | 'start';

export function useMe() {
  return useQuery({ queryKey: ['me'], queryFn: () => take(api.GET('/api/v1/me')), staleTime: 60_000 });
}

/**
 * Null when it may; else the reason, for a control that is shown all the same. With a part it is about that part; without one a
 * right for some part is enough to be shown what it is for, and the hub judges each thing.
 */
export function useRefusal() {
  const me = useMe();
  const t = useT();
  return (capability: Capability, part?: Part): string | null => {
    const verdict = me.data ? judged(me.data, capability, part) : 'may';
    if (verdict === 'may') return null;
    const what = t(`rights.${capability}` as Key);
    return verdict === 'lacks' ? t('rights.lacks', { what }) : t('rights.elsewhere', { what, parts: verdict.for.join(', ') });
  };
}
