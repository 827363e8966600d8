import { Link } from '@tanstack/react-router';
import type { Schemas } from '../../api/client';
import { duration } from '../../format/time';
import { useLanguage, useT, useWord } from '../../i18n';
import { Card, Chip } from '../../ui';
import { type StepNames, useNameOf } from './names';
import { percent } from './range';

type Path = Schemas['PathInsight'];

/** The ways that documents have really gone, the most frequent first, with what the design does not have marked. */
export function PathTable({ paths, names, of }: { paths: Path[]; names: StepNames; of: number }) {
  const t = useT();
  if (paths.length === 0) return null;
  return (
    <Card title={t('insight.paths')}>
      <p className="dim small">{t('insight.paths_what')}</p>
      <ol className="stack">
        {paths.map((path) => (
          <Way key={path.steps.map((step) => `${step.step}*${step.visits}`).join('>')} path={path} names={names} of={of} />
        ))}
      </ol>
    </Card>
  );
}

function Way({ path, names, of }: { path: Path; names: StepNames; of: number }) {
  const t = useT();
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
            {word('outcome', outcome)} {count}
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
