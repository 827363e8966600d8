import { Loaded } from '../../app/states';
import { useT } from '../../i18n';
import { Empty, Tabs } from '../../ui';
import { Conflicts } from './Conflicts';
import { Leavers } from './Leavers';
import { Sources } from './Sources';
import { useAddress, useOrganisation } from './use';

/** Who works here by the word of connected systems: what each reading brought, where they differ, who has left. */
export function OrganisationSection() {
  const t = useT();
  const { search, go } = useAddress();
  const query = useOrganisation();
  return (
    <div className="stack">
      <p className="dim">{t('organisation.what')}</p>
      <Loaded query={query} lines={8}>
        {(view) => (
          <>
            <p>{t('organisation.count', { people: view.people, departments: view.departments })}</p>
            {view.sources.length === 0 && view.leavers.length === 0 && view.conflicts_total === 0 ? (
              <Empty title={t('organisation.none')} why={t('organisation.none_why')} />
            ) : (
              <Tabs
                label={t('organisation.parts')}
                chosen={search.part ?? 'systems'}
                onChoose={(part) => go({ part })}
                entries={[
                  { id: 'systems', name: t('organisation.systems'), content: <Sources sources={view.sources} /> },
                  {
                    id: 'conflicts',
                    name: t('organisation.conflicts', { count: view.conflicts_total }),
                    content: <Conflicts view={view} />,
                  },
                  {
                    id: 'leavers',
                    name: t('organisation.leavers', { count: view.leavers.length }),
                    content: <Leavers leavers={view.leavers} />,
                  },
                ]}
              />
            )}
          </>
        )}
      </Loaded>
    </div>
  );
}
