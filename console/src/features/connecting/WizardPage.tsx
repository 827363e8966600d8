import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useRefusal } from '../../app/me';
import { Page } from '../../app/Page';
import { connectRoute } from '../../app/router';
import { ProblemView } from '../../app/states';
import { useLanguage, useT } from '../../i18n';
import { Banner, Button, Skeleton } from '../../ui';
import { titleOf } from '../definitions/titles';
import { CheckStep } from './CheckStep';
import { Gallery } from './Gallery';
import { SettingsStep } from './SettingsStep';
import { TryStep } from './TryStep';
import { BLANK, type Filled, read } from './text';
import { type Choice, useChoices, useConnectionDraft } from './use';

const STEPS = ['settings', 'check', 'try'] as const;

/** Connects a system: choose its connector, fill in what the vendor calls how, check, publish, try a call. */
export function WizardPage() {
  const t = useT();
  const { language } = useLanguage();
  const navigate = useNavigate();
  const refused = useRefusal()('edit_drafts');
  const search = connectRoute.useSearch();
  const { choices, connections, error } = useChoices();
  const go = (next: Partial<typeof search>) => void navigate({ to: '/connect', search: { ...search, ...next } });
  const choice = choices && search.connector ? choices.get(search.connector) : undefined;
  const title = choice ? t('connect.title_of', { name: titleOf(choice.described, language) }) : t('connect.title');
  return (
    <Page name={title} title={title}>
      {error !== null && <ProblemView error={error} />}
      {refused !== null && <Banner tone="warn">{refused}</Banner>}
      {!choices && error === null && <Skeleton lines={10} />}
      {choices && !choice && (
        <>
          {search.connector && <Banner tone="warn">{t('connect.unknown', { id: search.connector })}</Banner>}
          <Gallery
            choices={[...choices.values()]}
            q={search.q ?? ''}
            onSearch={(q) => void navigate({ to: '/connect', search: { q: q || undefined }, replace: true })}
            onChoose={(connector) => go({ connector, connection: undefined, step: undefined })}
          />
        </>
      )}
      {choice && <Steps key={choice.described.id} choice={choice} taken={connections} search={search} go={go} />}
    </Page>
  );
}

type Search = ReturnType<typeof connectRoute.useSearch>;

function Steps({
  choice,
  taken,
  search,
  go,
}: {
  choice: Choice;
  taken: ReadonlySet<string>;
  search: Search;
  go: (next: Partial<Search>) => void;
}) {
  const t = useT();
  const step = STEPS.find((each) => each === search.step) ?? 'settings';
  const draft = useConnectionDraft(search.connection);
  const [filled, setFilled] = useState<Filled>({ ...BLANK, id: search.connection ?? '' });
  const kept = draft.data?.text ? read(choice.described, draft.data.text) : null;
  const byHand = !!draft.data?.text && kept === null;
  // Somebody who comes back goes on where the draft is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when a draft was read
  useEffect(() => {
    if (kept) setFilled(kept);
  }, [draft.data?.hash]);
  return (
    <>
      <div className="row between">
        <ol className="wizard-steps" aria-label={t('connect.steps')}>
          {STEPS.map((each, index) => (
            <li key={each} aria-current={each === step ? 'step' : undefined}>
              <span className="wizard-number">{index + 1}</span> {t(`connect.step.${each}`)}
            </li>
          ))}
        </ol>
        <Button onPress={() => go({ connector: undefined, connection: undefined, step: undefined })}>{t('connect.another')}</Button>
      </div>
      {search.connection !== undefined && draft.isPending ? (
        <Skeleton lines={8} />
      ) : step === 'try' && search.connection !== undefined ? (
        <TryStep connection={search.connection} choice={choice} />
      ) : step === 'check' && search.connection !== undefined && draft.data?.text ? (
        <CheckStep
          choice={choice}
          connection={search.connection}
          text={draft.data.text}
          byHand={byHand}
          onBack={() => go({ step: undefined })}
          onPublished={() => go({ step: 'try' })}
        />
      ) : (
        <SettingsStep
          choice={choice}
          filled={filled}
          onChange={setFilled}
          taken={taken}
          byHand={byHand}
          onSaved={(connection) => go({ connection, step: 'check' })}
        />
      )}
    </>
  );
}
