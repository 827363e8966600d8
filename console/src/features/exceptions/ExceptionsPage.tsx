import { useNavigate } from '@tanstack/react-router';
import { Page } from '../../app/Page';
import { exceptionsRoute } from '../../app/router';
import { useT } from '../../i18n';
import { Tabs } from '../../ui';
import { SavedViews } from '../documents/SavedViews';
import { ExceptionList } from './ExceptionList';
import { ExceptionSheet } from './ExceptionSheet';
import { Groups } from './Groups';
import { MessageList } from './MessageList';

/** The exception desk: by cause, one by one, and the messages nobody could place. */
export function ExceptionsPage() {
  const t = useT();
  const navigate = useNavigate();
  const search = exceptionsRoute.useSearch();
  const { open, tab, ...filter } = search;
  const go = (next: typeof search) => void navigate({ to: '/ops/dead-letters', search: next });
  const chosen = tab ?? (Object.keys(filter).length > 0 ? 'list' : 'groups');
  return (
    <Page
      full
      title={t('nav.exceptions')}
      name={t('nav.exceptions')}
      actions={
        <SavedViews page="exceptions" query={filter} onChoose={(query) => go({ ...(query as typeof search), tab: 'list' })} />
      }
    >
      <Tabs
        label={t('nav.exceptions')}
        chosen={chosen}
        onChoose={(next) => go({ ...filter, tab: next })}
        entries={[
          {
            id: 'groups',
            name: t('exceptions.groups'),
            content: (
              <Groups
                filter={filter}
                onClear={() => go({ tab: 'groups' })}
                onOpen={(group) => go({ ...filter, state: undefined, group, tab: 'list' })}
              />
            ),
          },
          {
            id: 'list',
            name: t('exceptions.list'),
            content: (
              <ExceptionList
                filter={filter}
                onFilter={(next) => go({ ...next, tab: 'list' })}
                onOpen={(id) => go({ ...search, tab: 'list', open: id })}
              />
            ),
          },
          { id: 'messages', name: t('exceptions.messages'), content: <MessageList /> },
        ]}
      />
      {open && <ExceptionSheet id={open} onClose={() => go({ ...filter, tab: chosen })} />}
    </Page>
  );
}
