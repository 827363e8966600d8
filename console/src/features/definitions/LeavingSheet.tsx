import { ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Button, Sheet } from '../../ui';

interface Leaving {
  status: 'blocked' | 'idle';
  proceed?: () => void;
  reset?: () => void;
}

/** Asks whoever leaves a text that could not be saved, and says what becomes of it. */
export function LeavingSheet({ leaving, error, kept }: { leaving: Leaving; error: unknown; kept: boolean }) {
  const t = useT();
  if (leaving.status !== 'blocked') return null;
  return (
    <Sheet
      middle
      title={t('draft.leaving')}
      onClose={() => leaving.reset?.()}
      footer={
        <>
          <Button kind={kept ? 'plain' : 'danger'} onPress={() => leaving.proceed?.()}>
            {t('draft.leave')}
          </Button>
          <Button kind="primary" onPress={() => leaving.reset?.()}>
            {t('draft.stay')}
          </Button>
        </>
      }
    >
      <p>{t(kept ? 'draft.leaving_kept' : 'draft.leaving_lost')}</p>
      {error !== null && error !== undefined && <ProblemView error={error} compact />}
    </Sheet>
  );
}
