import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { AskSheet } from '../../app/AskSheet';
import { Loaded, ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Button, Card, Chip, toast } from '../../ui';
import { useLoadSample, useRemoveSample, useSample } from './sample';

/** Sample documents are loaded here, and taken out again. */
export function SampleSection() {
  const t = useT();
  const query = useSample(true);
  const [removing, setRemoving] = useState(false);
  const load = useLoadSample(() => toast({ tone: 'ok', text: t('sample.loaded') }));
  return (
    <div className="stack">
      <p className="dim">{t('sample.what')}</p>
      <Loaded query={query} lines={3}>
        {({ documents }) => (
          <Card
            title={
              <span className="row">
                {t('settings.sample')}
                <Chip tone={documents > 0 ? 'waiting' : 'plain'}>{t('sample.count', { count: documents })}</Chip>
              </span>
            }
          >
            <p>{t(documents > 0 ? 'sample.there' : 'sample.none')}</p>
            {load.isError && <ProblemView error={load.error} compact />}
            <div className="row">
              {documents > 0 ? (
                <>
                  <Link to="/docs" search={{}}>
                    {t('sample.see')}
                  </Link>
                  <Button kind="danger" onPress={() => setRemoving(true)}>
                    {t('sample.remove')}
                  </Button>
                </>
              ) : (
                <Button kind="primary" disabled={load.isPending} onPress={() => load.mutate()}>
                  {t('sample.load')}
                </Button>
              )}
            </div>
          </Card>
        )}
      </Loaded>
      {removing && <Remove onClose={() => setRemoving(false)} />}
    </div>
  );
}

function Remove({ onClose }: { onClose: () => void }) {
  const t = useT();
  const remove = useRemoveSample(() => {
    onClose();
    toast({ tone: 'ok', text: t('sample.removed') });
  });
  return (
    <AskSheet title={t('sample.remove')} act={t('sample.remove')} kind="danger" ask={remove} onClose={onClose}>
      <p>{t('sample.remove_what')}</p>
    </AskSheet>
  );
}
