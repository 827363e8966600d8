import { useQueries } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, take } from '../../api/client';
import { useT } from '../../i18n';
import { standsAt } from '../flows/overlay';
import { useUnderWay } from '../flows/use';
import { waitedFor } from './ways';

/** Instances whose people are asked for; each is a request. */
const LOOKED_AT = 12;

/** Who is waited for at a step now, from the tasks of the instances that stand there. */
export function WaitedFor({ flow, step }: { flow: string; step: string }) {
  const t = useT();
  const underWay = useUnderWay(flow);
  const there = (underWay.data?.items ?? []).filter((item) => standsAt(item, step));
  const asked = there.slice(0, LOOKED_AT);
  const people = useQueries({
    queries: asked.map(({ id }) => ({
      queryKey: ['waited', id],
      queryFn: () => take(api.GET('/api/v1/instances/{id}/people', { params: { path: { id } } })),
      staleTime: 60_000,
    })),
  });
  const found = waitedFor(
    people.flatMap((one) => one.data?.tasks ?? []),
    step,
  );
  if (asked.length === 0 || found.length === 0) return null;
  return (
    <div className="row">
      <span className="dim">{t('insight.people')}</span>
      {found.map(({ person, name, count }) => (
        <span key={person}>
          {name} <span className="dim">×{count}</span>
        </span>
      ))}
      <Link to="/flows/$flow" params={{ flow }} search={{ tab: 'instances', at: step }}>
        {t('insight.there', { count: there.length })}
      </Link>
      {there.length > asked.length && <span className="dim small">{t('insight.people_cut', { count: asked.length })}</span>}
    </div>
  );
}
