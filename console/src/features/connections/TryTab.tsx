import { useMutation } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { api, take } from '../../api/client';
import { HelpCode } from '../../app/help/Help';
import { useRefusal } from '../../app/me';
import { Loaded, ProblemView } from '../../app/states';
import { duration } from '../../format/time';
import { useLanguage, useT, useWord } from '../../i18n';
import { Banner, Button, Card, Checkbox, Chip, Json, Select, StatusChip, TextArea, TextField } from '../../ui';
import { useText } from '../definitions/use';
import { operations, template } from './operations';

/** One operation at this connection, by hand: what is sent, what comes back, and what the hub makes of it. */
export function TryTab({ connection, connector }: { connection: string; connector: string }) {
  const text = useText('connector', connector);
  return <Loaded query={text}>{(live) => <Try connection={connection} text={live.text} />}</Loaded>;
}

function Try({ connection, text }: { connection: string; text: string }) {
  const t = useT();
  const word = useWord();
  const { language } = useLanguage();
  const refusal = useRefusal();
  const known = useMemo(() => operations(text), [text]);
  const [chosen, setChosen] = useState(known[0]?.id ?? '');
  const operation = known.find((each) => each.id === chosen);
  const [input, setInput] = useState('{}');
  const [agreed, setAgreed] = useState(false);
  const [reason, setReason] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => setInput(template(operation)), [operation]);
  const run = useMutation({
    mutationFn: ({ send, given }: { send: boolean; given: Record<string, never> }) =>
      take(
        api.POST('/api/v1/connectors/try', {
          body: { connection, operation: chosen, input: given, send, ...(reason.trim() ? { reason: reason.trim() } : {}) },
        }),
      ),
  });
  const go = (send: boolean) => {
    let given: unknown;
    try {
      given = JSON.parse(input);
    } catch {
      return setFault(t('act.not_json'));
    }
    setFault(null);
    run.mutate({ send, given: given as Record<string, never> });
  };
  const writes = operation?.effect === 'write';
  const refused = refusal('edit_drafts') ?? refusal('see_payloads');
  const tried = run.data;
  return (
    <div className="columns">
      <Card title={t('try.title')}>
        <Select
          label={t('exceptions.operation')}
          value={chosen}
          onChange={(next) => {
            setChosen(next);
            setAgreed(false);
            run.reset();
          }}
          choices={known.map((each) => ({ id: each.id, name: each.id, detail: word('effect_of', each.effect) }))}
        />
        <TextArea
          label={t('try.input')}
          value={input}
          onChange={setInput}
          rows={8}
          fault={fault}
          hint={(operation?.input ?? []).map(([name, type]) => `${name}: ${type}`).join(', ')}
        />
        <TextField label={t('try.reason')} value={reason} onChange={setReason} hint={t('try.reason_hint')} />
        {writes && (
          <Banner tone="warn">
            <span>{t('try.writes')}</span>
            <Checkbox checked={agreed} onChange={setAgreed}>
              {t('try.agree')}
            </Checkbox>
          </Banner>
        )}
        <div className="row">
          {writes && (
            <Button refused={refused} disabled={run.isPending} onPress={() => go(false)}>
              {t('try.show')}
            </Button>
          )}
          <Button
            kind={writes ? 'danger' : 'primary'}
            refused={refused ?? (writes ? refusal('settle_exceptions') : null) ?? (writes && !agreed ? t('try.agree_first') : null)}
            disabled={run.isPending || chosen === ''}
            onPress={() => go(writes)}
          >
            {run.isPending ? t('act.sending') : t('try.send')}
          </Button>
        </div>
      </Card>
      <Card title={t('try.result')}>
        {run.isError && <ProblemView error={run.error} />}
        {!tried && !run.isError && <p className="dim">{t('try.nothing')}</p>}
        {tried && (
          <>
            <div className="row" role="status">
              {tried.class ? <StatusChip room="class" state={tried.class} /> : <Chip>{t('try.not_sent')}</Chip>}
              {tried.code && <HelpCode code={tried.code} />}
              {tried.message && <span className="wrap">{tried.message}</span>}
            </div>
            {tried.masked && <p className="dim">{t('try.masked')}</p>}
            {tried.output !== undefined && tried.output !== null && (
              <>
                <h3>{t('try.output')}</h3>
                <Json value={tried.output} label={t('try.output')} />
              </>
            )}
            {tried.request !== undefined && tried.request !== null && (
              <>
                <h3>{t('attempts.request')}</h3>
                <Json value={tried.request} label={t('attempts.request')} />
              </>
            )}
            {tried.attempts.map((attempt, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: requests of one try, in their order
              <details key={index}>
                <summary>
                  {attempt.operation} · {word('class', attempt.class)}
                  {attempt.status ? ` · HTTP ${attempt.status}` : ''} · {duration(attempt.duration_millis, language)}
                </summary>
                <Json value={attempt.request} label={t('attempts.request')} />
                {attempt.response === null ? (
                  <p className="dim">{t('attempts.no_answer')}</p>
                ) : (
                  <Json value={attempt.response} label={t('attempts.response')} />
                )}
              </details>
            ))}
            <p className="dim small">{t('try.ledger')}</p>
          </>
        )}
      </Card>
    </div>
  );
}
