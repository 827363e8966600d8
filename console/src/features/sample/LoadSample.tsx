import { useRefusal } from '../../app/me';
import { ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Button } from '../../ui';
import { useLoadSample } from './sample';

/** Offered where there is nothing to see yet, to whoever may. */
export function LoadSample() {
  const t = useT();
  const refused = useRefusal()('manage_users');
  const load = useLoadSample();
  if (refused !== null) return null;
  return (
    <>
      <Button disabled={load.isPending} onPress={() => load.mutate()}>
        {t('sample.load')}
      </Button>
      <p className="dim small">{t('sample.what')}</p>
      {load.isError && <ProblemView error={load.error} compact />}
    </>
  );
}
