import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { ProblemView } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Banner, Button, Card, Facts, StatusChip, TextArea, TextField } from '../../ui';
import { Findings } from '../definitions/Findings';
import { SampleSelect } from '../mapping/SampleSelect';
import { exampleOf, merged } from './answers';
import { SaveTest } from './SaveTest';
import { Answered, Trace, Waits } from './Stepping';
import { type Answers, answersOf, type Given, type Wait } from './stepping';

/** Plays a real document through the flow, drafts included. Nothing is sent, nothing is stored. */
export function SimulateTab({ flow }: { flow: string }) {
  const t = useT();
  const word = useWord();
  const refusal = useRefusal();
  const [document, setDocument] = useState('');
  const [answers, setAnswers] = useState('{}');
  const [advance, setAdvance] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  // What was answered step by step; the play always begins anew, so what is taken back leaves nothing behind.
  const [given, setGiven] = useState<Given[]>([]);
  // One clock for all plays of this page, so that a test says the same as was seen.
  const [at] = useState(() => `${new Date().toISOString().slice(0, 16)}:00Z`);
  const times = advance.split(/[\s,]+/).filter((each) => each !== '');
  const run = useMutation({
    mutationFn: (all: Answers) =>
      take(
        api.POST('/api/v1/flows/simulate', {
          body: { flow, document, at, answers: all as Record<string, never>, drafts: true, advance: times },
        }),
      ),
  });
  const go = (steps: Given[]) => {
    try {
      const first = JSON.parse(answers) as Answers;
      setFault(null);
      setGiven(steps);
      run.mutate(answersOf(first, steps));
    } catch {
      setFault(t('act.not_json'));
    }
  };
  const unrepeatable = answers.trim() !== '{}' || times.length > 0 ? t('simulate.only_steps') : null;
  const refused = refusal('edit_drafts') ?? refusal('see_payloads') ?? (document === '' ? t('simulate.choose_first') : null);
  const played = run.data;
  return (
    <div className="columns">
      <Card title={t('simulate.title')}>
        <p className="dim">{t('simulate.what')}</p>
        <SampleSelect
          value={document}
          flow={flow}
          onChoose={(id) => {
            setDocument(id ?? '');
            setGiven([]);
            run.reset();
          }}
        />
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
          <Button kind="primary" refused={refused} disabled={run.isPending} onPress={() => go([])}>
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
            {played.waits.length > 0 && (
              <Waits
                waits={played.waits as unknown as Wait[]}
                onTake={(wait) => setAnswers(merged(answers, exampleOf(wait)))}
                onGive={(one) => go([...given, one])}
              />
            )}
            <Answered given={given} onBack={(count) => go(given.slice(0, count))} />
            {played.exceptions.map((exception) => (
              <Banner key={JSON.stringify(exception)} tone="bad">
                <span className="mono wrap">{Object.values(exception).join(' · ')}</span>
              </Banner>
            ))}
            <Findings findings={played.failures} />
            <Trace key={played.trace.length} lines={played.trace} />
            {document !== '' && (
              <SaveTest flow={flow} document={document} at={at} given={given} played={played} refused={unrepeatable} />
            )}
          </>
        )}
      </Card>
    </div>
  );
}
