import { useNavigate } from '@tanstack/react-router';
import { Page } from '../../app/Page';
import { definitionRoute } from '../../app/router';
import { Loaded } from '../../app/states';
import { useLanguage, useT, useWord } from '../../i18n';
import { type TabEntry, Tabs } from '../../ui';
import { RowsTab } from '../dictionary/RowsTab';
import { CompareTab } from '../mapping/CompareTab';
import { MapTab } from '../mapping/MapTab';
import { TestsTab } from '../testing/TestsTab';
import { EditingProvider } from './editing';
import { MappingTable } from './MappingTable';
import { TextTab } from './TextTab';
import { titleOf } from './titles';
import { useDefinition } from './use';
import { VersionsTab } from './VersionsTab';

/** A definition of any kind: its text with draft and findings, its versions, and for mappings the rules as a table. */
export function DefinitionPage() {
  const t = useT();
  const word = useWord();
  const navigate = useNavigate();
  const { language } = useLanguage();
  const { kind, id } = definitionRoute.useParams();
  const search = definitionRoute.useSearch();
  const query = useDefinition(kind, id);
  return (
    <Loaded query={query} lines={10}>
      {(detail) => {
        const entries: TabEntry[] = [
          ...(kind === 'mapping'
            ? [
                { id: 'map', name: t('map.title'), content: <MapTab id={id} /> },
                { id: 'table', name: t('mapping.table'), content: <MappingTable id={id} sample={search.sample} /> },
              ]
            : []),
          ...(kind === 'dictionary' ? [{ id: 'rows', name: t('dictionary.rows'), content: <RowsTab /> }] : []),
          {
            id: 'text',
            name: t('definitions.text'),
            content: <TextTab />,
          },
          ...(kind === 'mapping' ? [{ id: 'compare', name: t('compare.title'), content: <CompareTab /> }] : []),
          ...(kind === 'mapping' || kind === 'table' ? [{ id: 'tests', name: t('tests.title'), content: <TestsTab /> }] : []),
          {
            id: 'versions',
            name: t('definitions.versions'),
            content: <VersionsTab kind={kind} id={id} versions={detail.versions} />,
          },
        ];
        const chosen = entries.find((entry) => entry.id === search.tab)?.id ?? entries[0]?.id ?? 'text';
        return (
          <Page
            name={id}
            title={
              <span className="row document-head">
                <strong>{titleOf(detail, language)}</strong>
                <span className="dim small">{word('kind', kind)}</span>
                <code className="small">{id}</code>
              </span>
            }
          >
            <p className="dim small wrap">
              {detail.path} · {t('definitions.uses', { names: detail.uses.map((other) => other.id).join(', ') || '–' })} ·{' '}
              {t('definitions.used_by_names', { names: detail.used_by.map((other) => other.id).join(', ') || '–' })}
            </p>
            <EditingProvider kind={kind} id={id} path={detail.path}>
              <Tabs
                label={t('definitions.tabs')}
                entries={entries}
                chosen={chosen}
                onChoose={(tab) =>
                  void navigate({ to: '/definitions/$kind/$id', params: { kind, id }, search: { ...search, tab }, replace: true })
                }
              />
            </EditingProvider>
          </Page>
        );
      }}
    </Loaded>
  );
}
