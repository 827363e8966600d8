import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useRefusal } from '../../app/me';
import { flowRoute } from '../../app/router';
import { Loaded, ProblemView } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Banner, Button, Card, Facts, Select } from '../../ui';
import { useDraft, useText } from '../definitions/use';
import { daysOf } from '../insight/range';
import { useInsight } from '../insight/use';
import { Canvas } from './Canvas';
import { type Heat, heatOf, METRICS } from './heat';
import { flat, read, type Step } from './model';
import { Outline } from './Outline';
import { byStep } from './overlay';
import { useUnderWay } from './use';

const OVERLAYS = ['live', ...METRICS, 'none'] as const;

/** The flow as a picture and as an outline, over the same text; both lead to the same place. */
export function DesignTab({ flow }: { flow: string }) {
  const mayEdit = useRefusal()('edit_drafts') === null;
  const text = useText('flow', flow);
  const draft = useDraft('flow', flow, mayEdit);
  return (
    <Loaded query={text}>
      {(live) => (
        <Design flow={flow} text={draft.data?.text ?? live.text} isDraft={draft.data !== null && draft.data !== undefined} />
      )}
    </Loaded>
  );
}

function Design({ flow, text, isDraft }: { flow: string; text: string; isDraft: boolean }) {
  const t = useT();
  const navigate = useNavigate();
  const search = flowRoute.useSearch();
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const model = useMemo(() => read(text), [text]);
  const overlay = OVERLAYS.find((each) => each === search.overlay) ?? 'live';
  const underWay = useUnderWay(flow);
  const counts = useMemo(() => (overlay === 'live' ? byStep(underWay.data?.items ?? []) : new Map()), [overlay, underWay.data]);
  const metric = METRICS.find((each) => each === overlay) ?? null;
  const { insight } = useInsight(flow, search.range ?? '30', { enabled: metric !== null });
  const heat = useMemo(
    () => (metric ? heatOf(insight.data?.steps ?? [], metric) : new Map<string, Heat>()),
    [metric, insight.data],
  );
  const chosen = flat(model.steps).find((step) => step.id === search.step);
  const choose = (id: string) =>
    void navigate({
      to: '/flows/$flow',
      params: { flow },
      search: { ...search, step: id === search.step ? undefined : id },
      replace: true,
    });
  const fold = (id: string) => {
    const next = new Set(folded);
    if (!next.delete(id)) next.add(id);
    setFolded(next);
  };
  return (
    <div className="stack">
      {isDraft && <Banner>{t('flows.of_draft')}</Banner>}
      {model.problem && (
        <Banner tone="bad">
          <strong>{t('flows.unreadable')}</strong>
          <span lang="en">{model.problem}</span>
        </Banner>
      )}
      <div className="row bottom">
        <Select
          label={t('flows.overlay')}
          value={overlay}
          onChange={(next) =>
            void navigate({
              to: '/flows/$flow',
              params: { flow },
              search: { ...search, overlay: next === 'live' ? undefined : next },
              replace: true,
            })
          }
          choices={OVERLAYS.map((id) => ({ id, name: t(`overlay.${id}`) }))}
        />
        {overlay === 'live' && underWay.data?.more && <span className="dim small">{t('flows.counting_cut')}</span>}
        {metric && (
          <p className="dim small">
            {t('overlay.of', { days: daysOf(search.range) })} {insight.data?.instances === 0 && t('overlay.none_yet')}
          </p>
        )}
      </div>
      {metric && insight.isError && <ProblemView error={insight.error} compact />}
      <div className="design">
        <Outline steps={model.steps} chosen={search.step} counts={counts} onChoose={choose} />
        <Canvas
          starts={model.starts}
          steps={model.steps}
          chosen={search.step}
          counts={counts}
          heat={heat}
          heatIn={metric === 'median' || metric === 'p90' ? 'time' : 'count'}
          folded={folded}
          onFold={fold}
          onChoose={choose}
        />
        <Card title={chosen ? chosen.id : t('flows.step')}>
          {chosen ? (
            <About flow={flow} step={chosen} folded={folded.has(chosen.id)} onFold={() => fold(chosen.id)} />
          ) : (
            <p className="dim">{t('flows.choose')}</p>
          )}
        </Card>
      </div>
    </div>
  );
}

function About({ flow, step, folded, onFold }: { flow: string; step: Step; folded: boolean; onFold: () => void }) {
  const t = useT();
  const word = useWord();
  const navigate = useNavigate();
  return (
    <>
      <Facts
        rows={[
          [t('flows.kind'), word('step', step.kind)],
          [t('flows.what'), step.what ? <code key="what">{step.what}</code> : null],
          ...step.notes.map((note): [string, React.ReactNode] => {
            const [name = '', ...rest] = note.split(': ');
            return [name, <code key={name}>{rest.join(': ')}</code>];
          }),
          [t('mapping.line'), String(step.line)],
        ]}
      />
      <div className="row">
        <Button
          size="small"
          onPress={() => void navigate({ to: '/flows/$flow', params: { flow }, search: { tab: 'yaml', step: step.id } })}
        >
          {t('flows.to_text')}
        </Button>
        {step.branches.length > 0 && (
          <Button size="small" onPress={onFold}>
            {folded ? t('flows.unfold') : t('flows.fold')}
          </Button>
        )}
      </div>
    </>
  );
}
