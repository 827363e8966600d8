import type { Schemas } from '../../api/client';
import { type Key, useT, useWord } from '../../i18n';
import { Banner, Chip, Copy, Facts, Json } from '../../ui';
import { systemsOf } from './gate';

/** The systems that would be called, and where a call may happen twice. */
export function Systems({ previews }: { previews: Schemas['Preview'][] }) {
  const t = useT();
  const systems = systemsOf(previews);
  if (systems.length === 0) return null;
  return (
    <p className="row">
      <span className="dim">{t('dry_run.systems')}</span>
      {systems.map(({ connection, calls, may_duplicate }) => (
        <Chip key={connection} tone={may_duplicate ? 'warn' : 'info'} icon={may_duplicate ? 'alert' : 'plug'}>
          {t('dry_run.system', { name: connection, count: calls })}
        </Chip>
      ))}
    </p>
  );
}

/** What an action would do at once: the calls with their keys, and what makes a repeat of each harmless. */
export function PreviewCalls({ preview }: { preview: Schemas['Preview'] }) {
  const t = useT();
  const word = useWord();
  if (preview.refused) {
    return (
      <Banner tone="warn">
        <strong>{t('dry_run.refused')}</strong>
        <span lang="en">{preview.refused}</span>
      </Banner>
    );
  }
  return (
    <div className="stack">
      <Facts
        rows={[
          [t('dry_run.instance'), word('instance', preview.status)],
          [t('dry_run.document'), preview.document_status ? word('status', preview.document_status) : null],
          [t('dry_run.step'), preview.at_step ? <code>{preview.at_step}</code> : null],
        ]}
      />
      {preview.changes && preview.changes.length > 0 && <Json value={preview.changes} label={t('dry_run.changes')} />}
      <h3>{t('dry_run.calls', { count: preview.calls.length })}</h3>
      <Systems previews={[preview]} />
      {preview.calls.length === 0 && <p className="dim">{t('dry_run.no_calls')}</p>}
      <ul className="stack">
        {preview.calls.map((call) => (
          <li key={call.key} className="card">
            <div className="row">
              <strong>
                {call.connection} · {call.operation ?? t('dry_run.notice')}
              </strong>
              <span className="dim">
                {word('purpose', call.purpose)} · <code>{call.step}</code>
              </span>
              {call.may_duplicate && (
                <Chip tone="warn" icon="alert">
                  {t('dry_run.may_duplicate')}
                </Chip>
              )}
            </div>
            <Facts
              rows={[
                [t('dry_run.guarantee'), t(`guarantee.${call.guarantee}` as Key)],
                [t('dry_run.key'), <Copy key="key" text={call.key} />],
                [t('dry_run.reference'), call.reference ? <Copy key="reference" text={call.reference} /> : null],
                [t('dry_run.used'), call.key_used_before ? t('dry_run.used_before') : t('dry_run.used_never')],
                [t('dry_run.linked'), call.linked.join(', ')],
                [t('dry_run.held'), t(`held.${call.held}` as Key)],
              ]}
            />
            {call.input !== undefined && call.input !== null && (
              <details>
                <summary>{t('dry_run.input')}</summary>
                <Json value={call.input} label={t('dry_run.input')} />
              </details>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
