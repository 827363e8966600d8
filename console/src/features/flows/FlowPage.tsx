import { Link, useNavigate } from '@tanstack/react-router';
import { Page } from '../../app/Page';
import { flowRoute } from '../../app/router';
import { Loaded } from '../../app/states';
import { useLanguage, useT } from '../../i18n';
import { type TabEntry, Tabs } from '../../ui';
import { EditingProvider } from '../definitions/editing';
import { TextTab } from '../definitions/TextTab';
import { titleOf } from '../definitions/titles';
import { useDefinition } from '../definitions/use';
import { VersionsTab } from '../definitions/VersionsTab';
import { InsightTab } from '../insight/InsightTab';
import { TestsTab } from '../testing/TestsTab';
import { DesignTab } from './DesignTab';
import { InstancesTab } from './InstancesTab';
import { SimulateTab } from './SimulateTab';

export function FlowPage() {
  const t = useT();
  const navigate = useNavigate();
  const { language } = useLanguage();
  const { flow } = flowRoute.useParams();
  const search = flowRoute.useSearch();
  const query = useDefinition('flow', flow);
  return (
    <Loaded query={query} lines={10}>
      {(detail) => {
        const entries: TabEntry[] = [
          { id: 'design', name: t('flows.design'), content: <DesignTab flow={flow} /> },
          {
            id: 'yaml',
            name: t('definitions.text'),
            content: <TextTab />,
          },
          { id: 'insight', name: t('insight.title'), content: <InsightTab flow={flow} /> },
          { id: 'simulate', name: t('flows.simulate'), content: <SimulateTab flow={flow} /> },
          {
            id: 'tests',
            name: t('tests.title'),
            content: <TestsTab />,
          },
          { id: 'instances', name: t('flows.instances'), content: <InstancesTab flow={flow} /> },
          {
            id: 'versions',
            name: t('definitions.versions'),
            content: <VersionsTab kind="flow" id={flow} versions={detail.versions} />,
          },
        ];
        return (
          <Page
            name={flow}
            title={
              <span className="row document-head">
                <strong>{titleOf(detail, language)}</strong>
                <code className="small">{flow}</code>
              </span>
            }
            actions={
              <Link to="/docs" search={{ flow }} className="button">
                {t('flows.documents')}
              </Link>
            }
          >
            <EditingProvider kind="flow" id={flow} path={detail.path}>
              <Tabs
                label={t('flows.tabs')}
                entries={entries}
                chosen={entries.find((entry) => entry.id === search.tab)?.id ?? 'design'}
                onChoose={(tab) =>
                  void navigate({
                    to: '/flows/$flow',
                    params: { flow },
                    search: { ...search, tab: tab === 'design' ? undefined : tab },
                    replace: true,
                  })
                }
              />
            </EditingProvider>
          </Page>
        );
      }}
    </Loaded>
  );
}
