import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { Masked } from '../../app/Masked';
import { documentRoute } from '../../app/router';
import { LoadedPages, More } from '../../app/states';
import { duration } from '../../format/time';
import { useLanguage, useT, useWord } from '../../i18n';
import { Button, Card, Copy, Empty, Facts, Json, StatusChip, Time } from '../../ui';
import { InstanceSelect } from './InstanceSelect';
import type { Detail } from './use';

type Effect = Schemas['Effect'];
type Attempt = Schemas['Attempt'];

/** Every call that was made for the document, with what was sent and what came back. */
export function AttemptsTab({ detail }: { detail: Detail }) {
  const t = useT();
  const navigate = useNavigate();
  const search = documentRoute.useSearch();
  const instance = detail.instances.find((item) => item.id === search.instance) ?? detail.instances[0];
  const set = (next: Partial<typeof search>) =>
    void navigate({ to: '/docs/$doc', params: { doc: detail.id }, search: { ...search, ...next }, replace: true });
  if (!instance) return <Empty title={t('attempts.none')} why={t('attempts.none_why')} />;
  return (
    <div className="stack">
      <InstanceSelect detail={detail} value={instance.id} onChoose={(id) => set({ instance: id })} />
      {search.step && (
        <div className="row">
          <Button size="small" icon="cross" onPress={() => set({ step: undefined })}>
            {t('story.step', { step: search.step })}
          </Button>
        </div>
      )}
      <Of key={instance.id} instance={instance.id} step={search.step} masked={(detail.masked ?? []).length > 0} />
    </div>
  );
}

function Of({ instance, step, masked }: { instance: string; step?: string; masked: boolean }) {
  const t = useT();
  const path = { id: instance };
  const effects = useInfiniteQuery({
    queryKey: ['instance', instance, 'effects'],
    queryFn: ({ pageParam }) => take(api.GET('/api/v1/instances/{id}/effects', { params: { path, query: { cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const attempts = useInfiniteQuery({
    queryKey: ['instance', instance, 'attempts'],
    queryFn: ({ pageParam }) =>
      take(api.GET('/api/v1/instances/{id}/attempts', { params: { path, query: { cursor: pageParam } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const [plain, setPlain] = useState<Schemas['RevealedInstance'] | null>(null);
  const reveal = (reason: string) => take(api.POST('/api/v1/instances/{id}/reveal', { params: { path }, body: { reason } }));
  return (
    <LoadedPages list={effects} lines={8}>
      {(known) => {
        const items = plain?.effects ?? known;
        const shown = items.filter((effect) => !step || effect.step.split('#')[0] === step);
        if (shown.length === 0) return <Empty title={t('attempts.none')} why={t('attempts.none_why')} />;
        return (
          <LoadedPages list={attempts} lines={4}>
            {(made) => (
              <div className="stack">
                {masked && !plain && <Masked reveal={reveal} onShown={setPlain} />}
                <ol className="stack">
                  {shown.map((effect) => (
                    <li key={effect.id}>
                      <OneEffect
                        effect={effect}
                        attempts={(plain?.attempts ?? made).filter((attempt) => attempt.effect === effect.id)}
                        more={!plain && attempts.hasNextPage}
                      />
                    </li>
                  ))}
                </ol>
                {!plain && (attempts.hasNextPage ? <More list={attempts} /> : <More list={effects} />)}
              </div>
            )}
          </LoadedPages>
        );
      }}
    </LoadedPages>
  );
}

function OneEffect({ effect, attempts, more }: { effect: Effect; attempts: Attempt[]; more: boolean }) {
  const t = useT();
  const word = useWord();
  return (
    <Card
      level={3}
      title={
        <span className="row">
          {effect.connection} · {effect.operation ?? t('dry_run.notice')} <StatusChip room="effect" state={effect.state} />
        </span>
      }
      action={
        <span className="dim small">
          <code>{effect.step}</code> · {word('purpose', effect.purpose)}
        </span>
      }
    >
      <Facts
        rows={[
          [t('attempts.key'), <Copy key="key" text={effect.id} />],
          [t('dry_run.reference'), effect.reference ? <Copy key="reference" text={effect.reference} /> : null],
          [
            t('attempts.due'),
            ['planned', 'waiting'].includes(effect.state) ? <Time key="due" at={effect.due_at} exact seconds /> : null,
          ],
        ]}
      />
      {attempts.length === 0 ? (
        <p className="dim">
          {effect.attempts === 0 ? t('attempts.not_yet') : more ? t('attempts.further') : t('attempts.dropped')}
        </p>
      ) : (
        <ol className="stack tight">
          {attempts.map((attempt) => (
            <li key={`${attempt.number}-${attempt.part}-${attempt.purpose}`}>
              <OneAttempt attempt={attempt} of={effect.attempts} />
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function OneAttempt({ attempt, of }: { attempt: Attempt; of: number }) {
  const t = useT();
  const word = useWord();
  const { language } = useLanguage();
  return (
    <details className="attempt">
      <summary>
        <span className="row">
          <StatusChip room="class" state={attempt.class} />
          <span>{t('attempts.number', { number: attempt.number, of: Math.max(of, attempt.number) })}</span>
          <span className="dim">
            {word('attempt', attempt.purpose)} · {attempt.operation}
            {attempt.status ? ` · HTTP ${attempt.status}` : ''} · {duration(attempt.duration_millis, language)}
          </span>
          <span className="dim small">
            <Time at={attempt.started_at} exact seconds />
          </span>
          {attempt.message && <span className="wrap">{attempt.message}</span>}
        </span>
      </summary>
      <div className="stack">
        {attempt.curl && (
          <Copy text={attempt.curl} label={t('attempts.curl')}>
            <span className="small">{t('attempts.curl')}</span>
          </Copy>
        )}
        <div className="columns">
          <div className="stack tight">
            <h4>{t('attempts.request')}</h4>
            {attempt.request ? (
              <Json value={attempt.request} label={t('attempts.request')} />
            ) : (
              <p className="dim">{t('attempts.hidden')}</p>
            )}
          </div>
          <div className="stack tight">
            <h4>{t('attempts.response')}</h4>
            {attempt.response ? (
              <Json value={attempt.response} label={t('attempts.response')} />
            ) : (
              <p className="dim">{attempt.class === 'unknown' ? t('attempts.no_answer') : t('attempts.hidden')}</p>
            )}
          </div>
        </div>
        <p className="dim small">{t('attempts.masked')}</p>
      </div>
    </details>
  );
}
