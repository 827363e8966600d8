import { Page } from '../../app/Page';
import { useT } from '../../i18n';
import { HealthTable } from './HealthTable';

export function ConnectionsPage() {
  const t = useT();
  return (
    <Page title={t('nav.connections')} name={t('nav.connections')}>
      <HealthTable />
    </Page>
  );
}
