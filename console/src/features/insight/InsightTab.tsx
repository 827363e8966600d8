import { Link, useNavigate } from '@tanstack/react-router';
import type { Schemas } from '../../api/client';
import { useCount } from '../../app/count';
import { flowRoute } from '../../app/router';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Banner, Card, Checkbox, Empty, Select, StatusChip, Time } from '../../ui';
import { DownloadButton } from '../acting/DownloadButton';
import { AgainstTable } from './AgainstTable';
import { PathTable } from './PathTable';
import { percent, RANGES } from './range';
import { StepTable } from './StepTable';
import { TimesTable } from './TimesTable';
import { useInsight } from './use';
import { WaysLink } from './WaysLink';
import { onlyOf, timeOf } from './ways';

type Insight = Schemas['FlowInsight'];

/** What the instances of a flow tell together: where time goes, what is turned away, which ways are really gone. */
export function InsightTab({ flow }: { flow: string }) {
  const t = useT();
  const navigate = useNavigate();
  const search = flowRoute.useSearch();
  const range = search.range ?? '30';
  const { insight: found, since } = useInsight(flow, range);
  return (
    <div className="stack">
      <div className="row between">
        <div className="row bottom">
          <Select
            label={t('insight.range')}
            value={range}
            onChange={(next) =>
              void navigate({
                to: '/flows/$flow',
                params: { flow },
                search: { ...search, range: next === '30' ? undefined : next },
                replace: true,
              })
            }
            choices={RANGES.map((days) => ({ id: days, name: t('insight.days', { days: Number(days) }) }))}
          />
          <Checkbox
            checked={search.against === 'before'}
            onChange={(on) =>
              void navigate({
                to: '/flows/$flow',
                params: { flow },
                search: { ...search, against: on ? 'before' : undefined },
                replace: true,
              })
            }
          >
            {t('insight.beside')}
          </Checkbox>
        </div>
        <DownloadButton
          path={`/api/v1/flows/${encodeURIComponent(flow)}/insight.csv?${new URLSearchParams({ since })}`}
          name={`insight-${flow}.csv`}
        />
      </div>
      <Loaded query={found} lines={12}>
        {(insight) =>
          insight.instances === 0 ? (
            <Empty title={t('insight.none')} why={t('insight.none_why')} />
          ) : (
            <>
              {search.against === 'before' && <AgainstTable flow={flow} range={range} insight={insight} />}
              <Figures flow={flow} insight={insight} only={search.only} />
            </>
          )
        }
      </Loaded>
    </div>
  );
}

function Figures({ flow, insight, only }: { flow: string; insight: Insight; only?: string }) {
  const t = useT();
  const number = useCount();
  const word = useWord();
  const time = timeOf(insight);
  const open = (insight.statuses.running ?? 0) + (insight.statuses.exception ?? 0);
  return (
    <>
      {insight.cut && (
        <Banner tone="warn">
          <span>
            {t('insight.cut', { count: insight.instances })} <Time at={insight.since} exact />
          </span>
        </Banner>
      )}
      <div className="tiles">
        <Link to="/docs" search={{ flow, ...time }} className="tile">
          <span className="tile-value">{number(insight.instances)}</span>
          <span>{t('insight.instances')}</span>
        </Link>
        <Link to="/docs" search={{ flow, standing: 'open', ...time }} className="tile">
          <span className="tile-value">{number(open)}</span>
          <span>{t('insight.open')}</span>
        </Link>
        <Link
          to="/ops/dead-letters"
          search={{ flow, tab: 'list', state: 'open', since: time.since }}
          className={`tile${(insight.statuses.exception ?? 0) > 0 ? ' bad' : ''}`}
        >
          <span className="tile-value">{number(insight.statuses.exception ?? 0)}</span>
          <span>{t('insight.stopped_now')}</span>
        </Link>
        <Share
          flow={flow}
          only="straight"
          name={t('insight.straight')}
          what={t('insight.straight_what')}
          share={insight.straight_through}
        />
        <Share
          flow={flow}
          only="rejected"
          name={t('insight.rejected')}
          what={t('insight.rejected_what')}
          share={insight.rejected}
        />
        <Share
          flow={flow}
          only="returned"
          name={t('insight.returned')}
          what={t('insight.returned_what')}
          share={insight.returned}
        />
      </div>
      <div className="columns">
        <Card title={t('insight.total')}>
          <TimesTable times={insight.total} />
          <p className="dim small">
            {insight.calendar ? t('insight.calendar', { id: insight.calendar }) : t('insight.no_calendar')}
          </p>
        </Card>
        <Card title={t('insight.outcomes')}>
          {Object.keys(insight.outcomes).length === 0 && <p className="dim">{t('insight.none_ended')}</p>}
          <ul className="stack tight">
            {Object.entries(insight.outcomes)
              .sort((a, b) => b[1] - a[1])
              .map(([outcome, count]) => (
                <li key={outcome} className="row between">
                  <StatusChip room="document" state={outcome} words={word('outcome', outcome)} />
                  <span>
                    <WaysLink flow={flow} only={`outcome:${outcome}`}>
                      {number(count)}
                    </WaysLink>{' '}
                    <span className="dim">{percent({ count, of: insight.straight_through.of })}</span>
                  </span>
                </li>
              ))}
          </ul>
        </Card>
      </div>
      <StepTable
        flow={flow}
        steps={insight.steps}
        names={insight.names}
        working={insight.calendar !== undefined && insight.calendar !== null}
      />
      <PathTable flow={flow} paths={insight.paths} names={insight.names} of={insight.straight_through.of} only={onlyOf(only)} />
      <p className="dim small">{t('insight.by_rank')}</p>
      <p className="dim small">{t('insight.first_seen')}</p>
    </>
  );
}

function Share({
  flow,
  only,
  name,
  what,
  share,
}: {
  flow: string;
  only: string;
  name: string;
  what: string;
  share: Schemas['ShareView'];
}) {
  const t = useT();
  return (
    <WaysLink flow={flow} only={only} className="tile">
      <span className="tile-value">{percent(share)}</span>
      <span>{name}</span>
      <span className="dim small">{t('insight.of', { count: share.count, of: share.of })}</span>
      <span className="dim small">{what}</span>
    </WaysLink>
  );
}
