import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { parseDocument } from 'yaml';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Loaded, ProblemView } from '../../app/states';
import { type Key, useLanguage, useT } from '../../i18n';
import { Banner, Card, Chip, Empty, Json, Select, Skeleton } from '../../ui';
import { titleOf } from '../definitions/titles';
import { SampleSelect } from '../mapping/SampleSelect';
import { useStepName } from '../tasks/names';
import { EVENTS } from './tells';
import { filled, noticeOf, plain, type Seen, said } from './templates';
import { useAddress, useKind, type WithText } from './use';

/** What the hub writes to people, in each language, as it would read for a real document and a task of it. */
export function TemplatesTab() {
  const t = useT();
  const { search, go } = useAddress();
  const mayRead = useRefusal()('see_payloads');
  const { query, found } = useKind('template');
  const channels = useKind('channel').found;
  const [event, setEvent] = useState<string>('turn');
  const [channel, setChannel] = useState('');
  const doc = useBody(mayRead === null ? search.open : undefined).data;
  const tasks = useTasks(search.open);
  const task = tasks.find((each) => each.id === search.task) ?? tasks[0];
  const step = useStepName();
  const sending = channels.find(({ item }) => item.id === channel);
  return (
    <div className="stack">
      <p className="dim">{t('templates.what')}</p>
      <div className="filters">
        <SampleSelect value={search.open} onChoose={(open) => go({ open, task: undefined })} />
        {task && (
          <>
            <Select
              label={t('notices.task')}
              value={task.id}
              onChange={(id) => go({ task: id })}
              choices={tasks.map((each) => ({ id: each.id, name: `${step(each.step, each.step_title)} · ${each.person_name}` }))}
            />
            <Select
              label={t('notices.event')}
              value={event}
              onChange={setEvent}
              choices={EVENTS.map((id) => ({ id, name: t(`tell_event.${id}` as Key) }))}
            />
            {channels.length > 0 && (
              <Select
                label={t('notices.as_sent')}
                value={channel}
                onChange={setChannel}
                choices={[
                  { id: '', name: t('notices.words_only') },
                  ...channels.map(({ item }) => ({ id: item.id, name: item.id })),
                ]}
              />
            )}
          </>
        )}
      </div>
      {mayRead !== null && search.open && <Banner>{mayRead}</Banner>}
      {search.open && tasks.length === 0 && <p className="dim small">{t('notices.no_task')}</p>}
      <Loaded query={query} lines={6}>
        {() =>
          found.length === 0 ? (
            <Empty title={t('templates.none')} why={t('templates.none_why')} />
          ) : (
            found.map((each) => (
              <Template
                key={each.item.id}
                template={each}
                seen={(language) => ({
                  doc,
                  ...(task ? { notice: noticeOf(task, event, language, location.origin, new Date(task.since)) } : {}),
                })}
                map={sending?.text === undefined ? null : String(parseDocument(sending.text).get('map') ?? '')}
              />
            ))
          )
        }
      </Loaded>
    </div>
  );
}

/** The newest content of a document. */
function useBody(document: string | undefined) {
  return useQuery({
    queryKey: ['document', document, 'content'],
    queryFn: async () => {
      const path = { id: document ?? '' };
      const detail = (await take(api.GET('/api/v1/documents/{id}', { params: { path } }))) as Schemas['DocumentDetail'];
      const revision = await take(
        api.GET('/api/v1/documents/{id}/revisions/{number}', { params: { path: { ...path, number: detail.revision } } }),
      );
      return revision.body as unknown;
    },
    enabled: document !== undefined,
  });
}

/** The tasks that people had of a document, in its newest instance that has any. */
function useTasks(document: string | undefined): Schemas['TaskItem'][] {
  const query = useQuery({
    queryKey: ['document', document, 'tasks'],
    queryFn: async () => {
      const { items } = await take(api.GET('/api/v1/instances', { params: { query: { document, limit: 5 } } }));
      for (const { id } of items) {
        const { tasks } = await take(api.GET('/api/v1/instances/{id}/people', { params: { path: { id } } }));
        if (tasks.length > 0) return tasks as Schemas['TaskItem'][];
      }
      return [];
    },
    enabled: document !== undefined,
  });
  return query.data ?? [];
}

function Template({
  template: { item, text, error },
  seen,
  map,
}: {
  template: WithText;
  seen: (language: string) => Seen;
  /** The mapping of the channel by which it is tried. */
  map: string | null;
}) {
  const { language } = useLanguage();
  const t = useT();
  return (
    <Card
      title={
        <span className="row">
          {titleOf(item, language)} <code className="dim small">{item.id}</code>
        </span>
      }
      action={
        <Link to="/definitions/$kind/$id" params={{ kind: 'template', id: item.id }} search={{ tab: 'text' }}>
          {t('connect.to_text')}
        </Link>
      }
    >
      <p className="dim small wrap">
        {t('definitions.used_by_names', { names: item.used_by.map((other) => other.id).join(', ') || '–' })}
      </p>
      {text === undefined && error === null && <Skeleton lines={2} />}
      {error !== null && <ProblemView error={error} compact />}
      {said(text ?? '').map((each) => {
        const inThis = seen(each.language || (language === 'en' ? 'en' : 'zh'));
        const [subject, body] = [filled(each.subject, inThis), filled(each.text, inThis)];
        return (
          <div key={each.language} className="notice" lang={each.language || undefined}>
            {each.language && <Chip>{each.language}</Chip>}
            <strong className="wrap">
              <Pieces pieces={subject} />
            </strong>
            <p className="prewrap wrap">
              <Pieces pieces={body} />
            </p>
            {map && inThis.notice && (
              <AsSent map={map} notice={{ ...inThis.notice, subject: plain(subject), text: plain(body), items: [] }} />
            )}
          </div>
        );
      })}
    </Card>
  );
}

function Pieces({ pieces }: { pieces: ReturnType<typeof filled> }) {
  return pieces.map((piece, index) => {
    // Pieces of one text have no other name than their place.
    const key = `${piece.kind}-${index.toString()}`;
    if (piece.kind === 'open') return <code key={key}>{piece.text}</code>;
    return piece.kind === 'put' ? <mark key={key}>{piece.text}</mark> : <span key={key}>{piece.text}</span>;
  });
}

/** What the channel's operation would be given, made by the hub; nothing is sent. */
function AsSent({ map, notice }: { map: string; notice: Record<string, unknown> }) {
  const t = useT();
  const refused = useRefusal()('edit_drafts');
  const query = useQuery({
    queryKey: ['preview', map, notice],
    queryFn: () =>
      take(api.POST('/api/v1/mappings/preview', { body: { mapping: map, sample: { notice } as never, drafts: true } })),
    enabled: refused === null,
    retry: false,
  });
  if (refused !== null) return <p className="dim small">{refused}</p>;
  return (
    <Loaded query={query} lines={3}>
      {(made) =>
        made.output ? (
          <Json value={made.output} label={t('notices.as_sent')} />
        ) : (
          <Banner tone="warn">
            <span>
              <code>{made.error?.target}</code> {made.error?.message}
            </span>
          </Banner>
        )
      }
    </Loaded>
  );
}
