import type { Schemas } from '../../api/client';
import { useLanguage, useT } from '../../i18n';
import { Banner, Button, Card, Chip } from '../../ui';
import { titleOf } from '../definitions/titles';
import { useStepName } from '../tasks/names';
import { whom } from './forecast';

type Forecast = Schemas['Forecast'];

/** Who would be asked, were the form submitted as it stands; asked for, because it is judged like a submission. */
export function ForecastCard({
  forecast,
  pending,
  refused,
  onAsk,
}: {
  forecast: Forecast | undefined;
  pending: boolean;
  refused: string | null;
  onAsk: () => void;
}) {
  const t = useT();
  return (
    <Card title={t('forms.forecast')}>
      {forecast ? (
        <div aria-live="polite" className="stack">
          {forecast.flows.length === 0 && <p className="dim">{t('forms.forecast_no_flow')}</p>}
          {forecast.flows.map((flow) => (
            <Foretold key={flow.flow} flow={flow} names={forecast.names} />
          ))}
        </div>
      ) : (
        <p className="dim">{t('forms.forecast_why')}</p>
      )}
      {!forecast && (
        <Button refused={refused} disabled={pending} onPress={onAsk}>
          {pending ? t('act.sending') : t('forms.forecast_ask')}
        </Button>
      )}
    </Card>
  );
}

function Foretold({ flow, names }: { flow: Schemas['FlowForecast']; names: Record<string, string> }) {
  const t = useT();
  const { language } = useLanguage();
  const stepName = useStepName();
  const name = (step: string) => stepName(step, flow.titles[step]);
  const people = (ids: string[]) => ids.map((id) => names[id] ?? id).join(' · ');
  return (
    <section className="stack tight">
      <strong>{titleOf({ id: flow.flow, title: flow.title }, language)}</strong>
      {flow.steps.length === 0 && <p className="dim">{t('forms.forecast_nobody')}</p>}
      <ol className="timeline">
        {flow.steps.map((coming) => {
          const asked = whom(coming);
          return (
            <li key={coming.step}>
              <span className="grow wrap">
                {name(coming.step)}: {asked.kind === 'people' && <strong>{people(asked.people)}</strong>}
                {asked.kind === 'later' && <span className="dim">{t('task.not_known_yet')}</span>}
                {asked.kind === 'nobody' && <span className="dim">{t('forms.forecast_step_nobody')}</span>}
                {(asked.kind === 'people' || asked.kind === 'passes') && asked.passes.length > 0 && (
                  <span className="dim"> {t('task.passes', { names: people(asked.passes) })}</span>
                )}{' '}
                {!coming.certain && <Chip tone="info">{t('task.perhaps')}</Chip>}
              </span>
            </li>
          );
        })}
      </ol>
      {flow.stopped.map((step) => (
        <Banner key={step} tone="warn">
          {t('forms.forecast_stops', { step: name(step) })}
        </Banner>
      ))}
    </section>
  );
}
