import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Fragment } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { documentRoute } from '../../app/router';
import { Loaded } from '../../app/states';
import { between, duration } from '../../format/time';
import { useLanguage, useSaid, useT } from '../../i18n';
import { Banner, Button, Card, Checkbox, Empty, Icon, type IconName, Json, Sentence, Time } from '../../ui';
import { InstanceSelect } from './InstanceSelect';
import { PathOutline } from './PathOutline';
import { fold, type Told } from './story';
import type { Detail } from './use';

type Entry = Schemas['StoryEntry'];

const ICONS: Record<string, IconName> = {
  revision: 'document',
  amended: 'document',
  exception: 'alert',
  heard: 'link',
  heard_early: 'link',
  called: 'plug',
  done: 'check',
  outcome: 'check',
  ended: 'check',
  command: 'person',
  reminded: 'person',
  escalated: 'person',
  notified: 'person',
  awaiting: 'hourglass',
  again: 'refresh',
  reversing: 'refresh',
  reversed: 'refresh',
  failed: 'ban',
};

export function StoryTab({ detail }: { detail: Detail }) {
  const t = useT();
  const navigate = useNavigate();
  const search = documentRoute.useSearch();
  const query = useQuery({
    queryKey: ['document', detail.id, 'story'],
    queryFn: () => take(api.GET('/api/v1/documents/{id}/story', { params: { path: { id: detail.id } } })),
  });
  const level = Number(search.level ?? '2');
  const failed = search.level === 'failed';
  const instance = detail.instances.find((item) => item.id === search.instance) ?? detail.instances[0];
  const set = (next: Partial<typeof search>) =>
    void navigate({ to: '/docs/$doc', params: { doc: detail.id }, search: { ...search, ...next }, replace: true });
  return (
    <div className="split">
      <div className="stack">
        <div className="row">
          <Checkbox checked={level === 3} onChange={(on) => set({ level: on ? '3' : undefined })}>
            {t('story.everything')}
          </Checkbox>
          <Checkbox checked={failed} onChange={(on) => set({ level: on ? 'failed' : undefined })}>
            {t('story.failed_only')}
          </Checkbox>
          {search.step && (
            <Button size="small" icon="cross" onPress={() => set({ step: undefined })}>
              {t('story.step', { step: search.step })}
            </Button>
          )}
        </div>
        <Loaded query={query} lines={10}>
          {(story) => {
            const shown = story.items.filter(
              (entry) =>
                (failed ? ['exception', 'failed', 'timed_out'].includes(entry.kind) : entry.level <= level) &&
                (!search.step || entry.step === search.step),
            );
            return (
              <>
                {story.cut && <Banner tone="warn">{t('story.cut')}</Banner>}
                {shown.length === 0 ? <Empty title={t('story.none')} why={t('story.none_why')} /> : <Timeline told={fold(shown)} />}
              </>
            );
          }}
        </Loaded>
      </div>
      {instance ? (
        <Card
          title={t('path.title')}
          action={
            <Link to="/flows/$flow" params={{ flow: instance.flow }} search={{ instance: instance.id }}>
              {t('path.on_canvas')}
            </Link>
          }
        >
          <InstanceSelect detail={detail} value={instance.id} onChoose={(id) => set({ instance: id })} />
          <PathOutline
            instance={instance.id}
            step={search.step}
            onStep={(step) => set({ step: step === search.step ? undefined : step })}
          />
        </Card>
      ) : (
        <Card title={t('path.title')}>
          <p className="dim">{t('path.none')}</p>
        </Card>
      )}
    </div>
  );
}

function Timeline({ told }: { told: Told<Entry>[] }) {
  const t = useT();
  const { language } = useLanguage();
  return (
    <ol className="timeline">
      {told.map((item) => (
        <Fragment key={item.key}>
          {item.gap !== null && (
            <li className="gap">
              <span>{t('story.gap', { long: duration(item.gap, language) })}</span>
            </li>
          )}
          <Line item={item} />
        </Fragment>
      ))}
    </ol>
  );
}

function Line({ item }: { item: Told<Entry> }) {
  const t = useT();
  const said = useSaid();
  const { language } = useLanguage();
  const { entry, times, last } = item;
  const bad = entry.kind === 'exception';
  return (
    <li className={bad ? 'bad' : undefined}>
      <Icon name={ICONS[entry.kind] ?? 'dot'} />
      <div className="grow stack tight">
        <span className={entry.level === 1 ? 'strong' : undefined}>
          <Sentence text={said(entry.words)} />
        </span>
        {times > 1 && <span className="dim small">{t('story.times', { times, long: between(entry.at, last, language) })}</span>}
        {entry.detail && Object.keys(entry.detail).length > 0 && (
          <details>
            <summary className="small dim">
              {entry.step ? `${entry.step}${entry.visit && entry.visit > 1 ? ` #${entry.visit}` : ''}` : t('story.facts')}
            </summary>
            <Json value={entry.detail} label={t('story.facts')} />
          </details>
        )}
      </div>
      <span className="dim small">
        <Time at={entry.at} exact seconds />
      </span>
    </li>
  );
}
