import { useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '../../api/client';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Icon, lookOf, Sentence } from '../../ui';

type Visit = Schemas['PathVisit'];

/** The steps an instance has been in, nested as they nest in its flow. */
export function PathOutline({ instance, step, onStep }: { instance: string; step?: string; onStep: (step: string) => void }) {
  const t = useT();
  const query = useQuery({
    queryKey: ['instance', instance, 'path'],
    queryFn: () => take(api.GET('/api/v1/instances/{id}/path', { params: { path: { id: instance } } })),
  });
  return (
    <Loaded query={query} lines={6}>
      {({ visits }) =>
        visits.length === 0 ? (
          <p className="dim">{t('path.none')}</p>
        ) : (
          <Level visits={visits} inside={null} step={step} onStep={onStep} />
        )
      }
    </Loaded>
  );
}

function Level({
  visits,
  inside,
  step,
  onStep,
}: {
  visits: Visit[];
  inside: number | null;
  step?: string;
  onStep: (step: string) => void;
}) {
  const word = useWord();
  const here = visits.map((visit, index) => ({ visit, index })).filter(({ visit }) => (visit.inside ?? null) === inside);
  if (here.length === 0) return null;
  return (
    <ol className="path">
      {here.map(({ visit, index }) => {
        const { tone, icon } = lookOf('visit', visit.state);
        return (
          <li key={index}>
            <button
              type="button"
              className={`path-step ${tone}`}
              aria-pressed={visit.step === step}
              onClick={() => onStep(visit.step)}
            >
              <Icon name={icon} size={14} />
              <span className="grow">
                {visit.step}
                {visit.visit > 1 && ` #${visit.visit}`}
              </span>
              <span className="small">{visit.outcome ? word('outcome', visit.outcome) : word('visit', visit.state)}</span>
            </button>
            {(visit.external_id || visit.error) && (
              <span className="small dim wrap path-more">
                {visit.connection} {visit.external_id} <Sentence text={visit.error ?? ''} />
              </span>
            )}
            <Level visits={visits} inside={index} step={step} onStep={onStep} />
          </li>
        );
      })}
    </ol>
  );
}
