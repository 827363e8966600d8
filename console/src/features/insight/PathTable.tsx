import { Link } from '@tanstack/react-router';
import type { Schemas } from '../../api/client';
import { useCount } from '../../app/count';
import { duration } from '../../format/time';
import { useLanguage, useT, useWord } from '../../i18n';
import { Card, Chip } from '../../ui';
import { type StepNames, useNameOf } from './names';
import { percent } from './range';
import { WaysLink } from './WaysLink';
import { fits, type Only } from './ways';

type Path = Schemas['PathInsight'];

/** As many ways the hub tells. */
const PATHS_MAX = 50;

/** The ways that documents have really gone, the most frequent first, with what the design does not have marked. */
export function PathTable({
  flow,
  paths,
  names,
  of,
  only,
}: {
  flow: string;
  paths: Path[];
  names: StepNames;
  of: number;
  only: Only | null;
}) {
  const t = useT();
  const word = useWord();
  const name = useNameOf(names);
  if (paths.length === 0) return null;
  const shown = paths.filter((path) => fits(path, only));
  const what =
    only && t(`insight.only.${only.kind}`, { of: only.kind === 'outcome' ? word('outcome', only.of) : name(only.of ?? '') });
  return (
    <section id="ways" aria-label={t('insight.paths')}>
      <Card
        title={t('insight.paths')}
        action={
          only && (
            <WaysLink flow={flow} only={undefined}>
              {t('insight.all_ways')}
            </WaysLink>
          )
        }
      >
        <p className="dim small">{t('insight.paths_what')}</p>
        {what && <p className="strong">{what}</p>}
        {shown.length === 0 && <p className="dim">{t('insight.no_way')}</p>}
        <ol className="stack">
          {shown.map((path) => (
            <Way key={path.steps.map((step) => `${step.step}*${step.visits}`).join('>')} path={path} names={names} of={of} />
          ))}
        </ol>
        {paths.length >= PATHS_MAX && <p className="dim small">{t('insight.ways_cut', { count: PATHS_MAX })}</p>}
      </Card>
    </section>
  );
}

function Way({ path, names, of }: { path: Path; names: StepNames; of: number }) {
  const t = useT();
  const number = useCount();
  const word = useWord();
  const { language } = useLanguage();
  const name = useNameOf(names);
  return (
    <li className="card">
      <div className="row">
        <strong>{percent({ count: path.count, of })}</strong>
        <span>{t('insight.of', { count: path.count, of })}</span>
        <span className="dim">
          {t('insight.median')} {duration(path.times.clock.median_millis, language)} · {t('insight.p90')}{' '}
          {duration(path.times.clock.p90_millis, language)}
        </span>
        {Object.entries(path.outcomes).map(([outcome, count]) => (
          <Chip key={outcome}>
            {word('outcome', outcome)} {number(count)}
          </Chip>
        ))}
        {path.stopped > 0 && (
          <Chip tone="warn" icon="alert">
            {t('insight.stood', { count: path.stopped })}
          </Chip>
        )}
        {path.by_hand > 0 && (
          <Chip tone="waiting" icon="person">
            {t('insight.by_hand', { count: path.by_hand })}
          </Chip>
        )}
      </div>
      <div className="row way">
        {path.steps.map((step, index) => (
          <span key={step.step} className="row tight">
            {index > 0 && <span aria-hidden="true">→</span>}
            <span className={`way-step${step.visits > 1 || !step.in_design ? ' strange' : ''}`}>
              {name(step.step)}
              {step.visits > 1 && ` ×${step.visits}`}
              {!step.in_design && ` (${t('insight.not_in_design')})`}
            </span>
          </span>
        ))}
      </div>
      <div className="row small">
        <span className="dim">{t('insight.documents')}</span>
        {path.documents.map((document) => (
          <Link key={document.document} to="/docs/$doc" params={{ doc: document.document }} className="mono">
            {document.key}
          </Link>
        ))}
      </div>
    </li>
  );
}
