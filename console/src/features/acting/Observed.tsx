import { useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '../../api/client';
import { ProblemView } from '../../app/states';
import { type Key, useSaid, useT, useWord } from '../../i18n';
import { Banner, Chip, Facts, Sentence, Time } from '../../ui';
import { type Verdict, verdictOf } from './verdict';

/** While something is under way the stream may be silent (a look-up waits for its time), so this looks by itself too. */
const LOOK_MS = 2_000;

/** What came of an accepted action, as the hub sees it from moment to moment; accepted is not done. */
export function Observed({
  document,
  exception,
  accepted,
}: {
  document: string | null;
  exception: string;
  accepted: Schemas['Settled'];
}) {
  const t = useT();
  const said = useSaid();
  const word = useWord();
  const diagnosis = useQuery({
    queryKey: ['document', document, 'diagnosis'],
    queryFn: () => take(api.GET('/api/v1/documents/{id}/diagnosis', { params: { path: { id: document ?? '' } } })),
    enabled: document !== null,
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && settled(verdictOf(state.data, exception)) ? false : LOOK_MS),
  });
  const verdict: Verdict = diagnosis.data ? verdictOf(diagnosis.data, exception) : 'accepted';
  const tones = {
    accepted: 'info',
    working: 'info',
    again_later: 'warn',
    unknown: 'unknown',
    failed_again: 'bad',
    waiting: 'waiting',
    done: 'ok',
  } as const;
  const icons = {
    accepted: 'check',
    working: 'bolt',
    again_later: 'refresh',
    unknown: 'question',
    failed_again: 'alert',
    waiting: 'hourglass',
    done: 'check',
  } as const;
  return (
    <div className="stack" role="status">
      <p>{t('observed.accepted', { status: word('instance', accepted.status) })}</p>
      <div className="row">
        <Chip tone={tones[verdict]} icon={icons[verdict]}>
          {t(`observed.${verdict}` as Key)}
        </Chip>
      </div>
      {diagnosis.isError && <ProblemView error={diagnosis.error} compact />}
      {diagnosis.data && (
        <Banner tone={verdict === 'failed_again' ? 'bad' : verdict === 'done' ? 'ok' : 'info'}>
          <span>
            <Sentence text={said(diagnosis.data.cause)} />
          </span>
          <span className="dim">
            <Sentence text={said(diagnosis.data.next)} />
          </span>
        </Banner>
      )}
      {diagnosis.data?.next_action_at && (
        <Facts rows={[[t('cause.next_at'), <Time key="at" at={diagnosis.data.next_action_at} seconds exact />]]} />
      )}
      {verdict === 'unknown' && <p className="dim">{t('observed.unknown_why')}</p>}
    </div>
  );
}

function settled(verdict: Verdict): boolean {
  return verdict === 'done' || verdict === 'failed_again' || verdict === 'waiting';
}
