import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { ProblemView } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Banner, Button, Card, Facts, Json, StatusChip, TextArea, TextField, Time } from '../../ui';
import { Findings } from '../definitions/Findings';
import { SampleSelect } from '../mapping/SampleSelect';
import { exampleOf, merged } from './answers';

/** Plays a real document through the flow, drafts included. Nothing is sent, nothing is stored. */
export function SimulateTab({ flow }: { flow: string }) {
  const t = useT();
  const word = useWord();
  const refusal = useRefusal();
  const [document, setDocument] = useState('');
  const [answers, setAnswers] = useState('{}');
  const [advance, setAdvance] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const run = useMutation({
    mutationFn: (given: Record<string, never>) =>
      take(
        api.POST('/api/v1/flows/simulate', {
          body: { flow, document, answers: given, drafts: true, advance: advance.split(/[\s,]+/).filter((each) => each !== '') },
        }),
      ),
  });
  const go = () => {
    try {
      const given = JSON.parse(answers) as Record<string, never>;
      setFault(null);
      run.mutate(given);
    } catch {
      setFault(t('act.not_json'));
    }
  };
  const refused = refusal('edit_drafts') ?? refusal('see_payloads') ?? (document === '' ? t('simulate.choose_first') : null);
  const played = run.data;
  return (
    <div className="columns">
      <Card title={t('simulate.title')}>
        <p className="dim">{t('simulate.what')}</p>
        <SampleSelect value={document} flow={flow} onChoose={(id) => setDocument(id ?? '')} />
        <TextArea
          label={t('simulate.answers')}
          value={answers}
          onChange={setAnswers}
          rows={10}
          fault={fault}
          hint={t('simulate.answers_hint')}
        />
        <TextField
          label={t('simulate.advance')}
          value={advance}
          onChange={setAdvance}
          placeholder="1wd, 3d"
          hint={t('simulate.advance_hint')}
        />
        <div className="row">
          <Button kind="primary" refused={refused} disabled={run.isPending} onPress={go}>
            {t('simulate.go')}
          </Button>
        </div>
      </Card>
      <Card title={t('simulate.result')}>
        {run.isError && <ProblemView error={run.error} />}
        {!played && !run.isError && <p className="dim">{t('simulate.nothing')}</p>}
        {played && (
          <>
            <div className="row" role="status">
              <StatusChip room="document" state={played.status} />
              {played.outcome ? (
                <span>{word('outcome', played.outcome)}</span>
              ) : (
                <span className="dim">{t('simulate.stands')}</span>
              )}
            </div>
            <Facts
              rows={[
                [
                  t('path.title'),
                  <code key="path" className="wrap">
                    {played.path.join(' → ')}
                  </code>,
                ],
              ]}
            />
            {played.waits.length > 0 && <Waits waits={played.waits} onTake={(next) => setAnswers(merged(answers, next))} />}
            {played.exceptions.map((exception) => (
              <Banner key={JSON.stringify(exception)} tone="bad">
                <span className="mono wrap">{Object.values(exception).join(' · ')}</span>
              </Banner>
            ))}
            <Findings findings={played.failures} />
            <Trace lines={played.trace} />
          </>
        )}
      </Card>
    </div>
  );
}

/** What it asks for that has no answer yet, each with an example that can be taken over. */
function Waits({ waits, onTake }: { waits: unknown[]; onTake: (example: ReturnType<typeof exampleOf>) => void }) {
  const t = useT();
  return (
    <Banner tone="info">
      <strong>{t('simulate.waits')}</strong>
      {waits.map((wait) => (
        <span key={JSON.stringify(wait)} className="stack tight">
          <Json value={wait} label={t('simulate.waits')} />
          {exampleOf(wait) !== null && (
            <Button size="small" onPress={() => onTake(exampleOf(wait))}>
              {t('simulate.take')}
            </Button>
          )}
        </span>
      ))}
    </Banner>
  );
}

function Trace({ lines }: { lines: Schemas['SimulationLine'][] }) {
  return (
    <ol className="timeline">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines of one play, in their order
        <li key={index}>
          <span className="grow">{line.words}</span>
          <span className="dim small">
            <Time at={line.at} exact seconds />
          </span>
        </li>
      ))}
    </ol>
  );
}
