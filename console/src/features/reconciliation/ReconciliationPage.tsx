import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useRefusal } from '../../app/me';
import { Page } from '../../app/Page';
import { reconciliationRoute } from '../../app/router';
import { useT } from '../../i18n';
import { Button, Tabs } from '../../ui';
import { Differences } from './Differences';
import { Runs } from './Runs';
import { StartSheet } from './StartSheet';

/** Where systems say something else than the ledger, and the readings that found it. */
export function ReconciliationPage() {
  const t = useT();
  const navigate = useNavigate();
  const search = reconciliationRoute.useSearch();
  const refused = useRefusal()('settle_exceptions');
  const [starting, setStarting] = useState(false);
  const go = (next: typeof search) => void navigate({ to: '/reconciliation', search: next, replace: true });
  const { tab, open, ...filter } = search;
  return (
    <Page
      full
      title={t('nav.reconciliation')}
      name={t('nav.reconciliation')}
      actions={
        <Button kind="primary" icon="refresh" refused={refused} onPress={() => setStarting(true)}>
          {t('reconcile.start')}
        </Button>
      }
    >
      <Tabs
        label={t('nav.reconciliation')}
        chosen={tab ?? 'differences'}
        onChoose={(next) => go({ tab: next === 'differences' ? undefined : next })}
        entries={[
          {
            id: 'differences',
            name: t('reconcile.differences'),
            content: (
              <Differences
                filter={filter}
                onFilter={go}
                open={open ?? null}
                onOpen={(id) => go({ ...filter, open: id ?? undefined })}
              />
            ),
          },
          {
            id: 'runs',
            name: t('reconcile.runs'),
            content: <Runs open={open ?? null} onOpen={(id) => go({ tab: 'runs', open: id ?? undefined })} />,
          },
        ]}
      />
      {starting && (
        <StartSheet
          onClose={() => setStarting(false)}
          onStarted={(id) => {
            setStarting(false);
            go({ tab: 'runs', open: id });
          }}
        />
      )}
    </Page>
  );
}
