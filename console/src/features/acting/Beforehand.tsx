/** What a batch would do, before it is begun: to the first of what was chosen, and on request to all of it. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, take } from '../../api/client';
import { Loaded, ProblemView } from '../../app/states';
import { grouped } from '../../format/count';
import { useLanguage, useT, useWord } from '../../i18n';
import { Card, Chip, Sentence, StatusChip } from '../../ui';
import type { OF_RESOURCE } from './actions';
import { isRisky, leftOut, type Preview } from './gate';
import { Systems } from './PreviewCalls';
import type { useSample } from './use';

const LOOK_MS = 1_000;
/** Items that are summed up here; the batch's page has all. */
const ITEMS_MAX = 500;
const WHYS_MAX = 5;

/** The first ten of what was frozen: what they are, where it would call, and what would be refused and why. */
export function Sample({
  resource,
  total,
  sample,
  isTried,
}: {
  resource: keyof typeof OF_RESOURCE;
  total: number;
  sample: ReturnType<typeof useSample>;
  isTried: boolean;
}) {
  const t = useT();
  const named = [...new Set(sample.things.flatMap((thing) => thing.systems))].sort();
  return (
    <Card title={t('bulk.sample', { count: sample.things.length, total })}>
      {sample.error !== null && <ProblemView error={sample.error} compact />}
      <ul className="row">
        {sample.things.map((thing) => (
          <li key={thing.id}>
            {isRisky(thing.previews) ? (
              <Chip tone="warn" icon="alert">
                {thing.name}
              </Chip>
            ) : (
              <Chip icon={resource === 'documents' && thing.exceptions.length === 0 ? 'minus' : undefined}>{thing.name}</Chip>
            )}
          </li>
        ))}
      </ul>
      {isTried ? (
        <Systems previews={sample.previews} />
      ) : (
        named.length > 0 && (
          <p className="row">
            <span className="dim">{t('dry_run.systems')}</span>
            {named.map((name) => (
              <Chip key={name} tone="info" icon="plug">
                {name}
              </Chip>
            ))}
          </p>
        )
      )}
      {isTried && sample.previews.length > 0 && sample.previews.every((preview) => preview.calls.length === 0) && (
        <p className="dim">{t('dry_run.no_calls')}</p>
      )}
      <LeftOut
        whys={[
          ...sample.previews.map((preview) => preview.refused),
          ...sample.things.map((thing) =>
            resource === 'documents' && thing.exceptions.length === 0 ? t('bulk.nothing_stopped') : null,
          ),
        ]}
      />
    </Card>
  );
}

function LeftOut({ whys }: { whys: (string | null | undefined)[] }) {
  const t = useT();
  const found = leftOut(whys);
  if (found.length === 0) return null;
  return (
    <div>
      <strong>{t('bulk.left_out')}</strong>
      <ul>
        {found.slice(0, WHYS_MAX).map(({ why, count }) => (
          <li key={why}>
            {t('bulk.times', { count })} <Sentence text={why} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A dry run of all of it, as it comes along. */
export function DryBatch({ id }: { id: string }) {
  const t = useT();
  const word = useWord();
  const { language } = useLanguage();
  const batch = useQuery({
    queryKey: ['batch', id],
    queryFn: () => take(api.GET('/api/v1/batches/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'running' ? false : LOOK_MS),
  });
  const over = batch.data !== undefined && batch.data.state !== 'running';
  const items = useQuery({
    queryKey: ['batch', id, 'summed up'],
    queryFn: () => take(api.GET('/api/v1/batches/{id}/items', { params: { path: { id }, query: { limit: ITEMS_MAX } } })),
    enabled: over,
  });
  const previews = (items.data?.items ?? []).flatMap((item) => (isPreview(item.detail) ? item.detail : []));
  return (
    <Card title={t('batch.dry')}>
      <Loaded query={batch} lines={2}>
        {(found) => (
          <div className="row" role="status">
            <span>{t('batch.of', { over: found.total - (found.items?.waiting ?? 0), total: found.total })}</span>
            {Object.entries(found.items ?? {})
              .filter(([, count]) => count > 0)
              .map(([state, count]) => (
                <StatusChip key={state} room="dry" state={state} words={`${word('dry', state)} ${grouped(count, language)}`} />
              ))}
            <Link to="/ops/batches/$batch" params={{ batch: id }}>
              {t('bulk.each')}
            </Link>
          </div>
        )}
      </Loaded>
      {items.isError && <ProblemView error={items.error} compact />}
      <Systems previews={previews} />
      <LeftOut
        whys={(items.data?.items ?? []).map((item) =>
          item.state === 'failed' || item.state === 'skipped' ? (item.message ?? item.code) : null,
        )}
      />
    </Card>
  );
}

/** A dry run's item holds what it would lead to. */
export function isPreview(detail: unknown): detail is Preview {
  return detail !== null && typeof detail === 'object' && 'calls' in detail && 'status' in detail;
}
