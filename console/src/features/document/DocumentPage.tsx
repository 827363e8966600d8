import { useNavigate } from '@tanstack/react-router';
import { Page } from '../../app/Page';
import { documentRoute } from '../../app/router';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Chip, Copy, StatusChip, Tabs, Time } from '../../ui';
import { amountOf, displayOf } from '../documents/cells';
import { SampleBanner } from '../sample/SampleMark';
import { isSample } from '../sample/sample';
import { AttemptsTab } from './AttemptsTab';
import { CauseCard } from './CauseCard';
import { DataTab } from './DataTab';
import { LedgerTab } from './LedgerTab';
import { NotesTab } from './NotesTab';
import { RunActions } from './RunActions';
import { StoryTab } from './StoryTab';
import { type Detail, useDocument } from './use';

export function DocumentPage() {
  const t = useT();
  const { doc } = documentRoute.useParams();
  const query = useDocument(doc);
  return (
    <Loaded query={query} lines={14}>
      {(detail) => (
        <Page name={detail.key} title={<Head detail={detail} />} actions={<RunActions detail={detail} />}>
          {isSample(detail) && <SampleBanner />}
          <CauseCard document={doc} name={detail.key} />
          <TabsOf detail={detail} label={t('document.tabs')} />
        </Page>
      )}
    </Loaded>
  );
}

function Head({ detail }: { detail: Detail }) {
  const t = useT();
  const word = useWord();
  const shown = displayOf(detail);
  return (
    <span className="row document-head">
      <Copy text={detail.key}>
        <span className="mono">{detail.key}</span>
      </Copy>
      <span className="dim small">{word('type', detail.type)}</span>
      <StatusChip room="document" state={detail.status} />
      {detail.withdrawn && <Chip tone="warn">{t('document.withdrawn')}</Chip>}
      {amountOf(detail) && <span>{amountOf(detail)}</span>}
      {shown.supplier && <span className="dim small">{shown.supplier}</span>}
      <span className="dim small">
        {t('document.revision', { number: detail.revision })} · <Time at={detail.updated_at} />
      </span>
    </span>
  );
}

function TabsOf({ detail, label }: { detail: Detail; label: string }) {
  const t = useT();
  const navigate = useNavigate();
  const search = documentRoute.useSearch();
  const entries = [
    { id: 'story', name: t('document.story'), content: <StoryTab detail={detail} /> },
    { id: 'data', name: t('document.data'), content: <DataTab detail={detail} /> },
    { id: 'attempts', name: t('document.attempts'), content: <AttemptsTab detail={detail} /> },
    { id: 'links', name: t('document.links'), content: <LedgerTab detail={detail} /> },
    { id: 'audit', name: t('document.audit'), content: <NotesTab detail={detail} /> },
  ];
  const chosen = entries.some((entry) => entry.id === search.tab) ? (search.tab ?? 'story') : 'story';
  return (
    <Tabs
      label={label}
      entries={entries}
      chosen={chosen}
      onChoose={(tab) =>
        void navigate({
          to: '/docs/$doc',
          params: { doc: detail.id },
          search: { ...search, tab: tab === 'story' ? undefined : tab },
          replace: true,
        })
      }
    />
  );
}
