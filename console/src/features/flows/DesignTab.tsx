import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useRefusal } from '../../app/me';
import { flowRoute } from '../../app/router';
import { Loaded, ProblemView } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Banner, Button, Card, Facts, Select, StatusChip } from '../../ui';
import { useDraft, useText } from '../definitions/use';
import { daysOf } from '../insight/range';
import { useInsight } from '../insight/use';
import { Pair, useDifference, useInstance } from './Against';
import { Canvas } from './Canvas';
import { type Heat, heatOf, METRICS } from './heat';
import { type Changed, notDrawn } from './marks';
import { flat, read, type Step } from './model';
import { Outline } from './Outline';
import { byStep, type Count } from './overlay';
import { useUnderWay } from './use';

const OVERLAYS = ['live', ...METRICS, 'diff', 'instance', 'none'] as const;

const NO_CHANGES = new Map<string, Changed>();

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
  const drawn = useMemo(() => read(text), [text]);
  const overlay = OVERLAYS.find((each) => each === search.overlay) ?? (search.instance ? 'instance' : 'live');
  const one = useInstance(flow, overlay === 'instance' ? search.instance : undefined);
  const difference = useDifference(flow, overlay === 'diff');
  const model = (overlay === 'instance' ? one.model : overlay === 'diff' ? difference.model : null) ?? drawn;
  const underWay = useUnderWay(flow);
  const counts = useMemo(
    () => (overlay === 'live' ? byStep(underWay.data?.items ?? []) : new Map<string, Count>()),
    [overlay, underWay.data],
  );
  const metric = METRICS.find((each) => each === overlay) ?? null;
  const { insight } = useInsight(flow, search.range ?? '30', { enabled: metric !== null });
  const heat = useMemo(
    () => (metric ? heatOf(insight.data?.steps ?? [], metric) : new Map<string, Heat>()),
    [metric, insight.data],
  );
  const elsewhere = overlay === 'instance' ? notDrawn(model.steps, one.marks) : [];
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
      {isDraft && model === drawn && <Banner>{t('flows.of_draft')}</Banner>}
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
              search: { ...search, overlay: next === (search.instance ? 'instance' : 'live') ? undefined : next },
              replace: true,
            })
          }
          choices={OVERLAYS.filter((id) => id !== 'instance' || search.instance).map((id) => ({ id, name: t(`overlay.${id}`) }))}
        />
        {overlay === 'diff' && (
          <Pair
            difference={difference}
            onChoose={(diff) => void navigate({ to: '/flows/$flow', params: { flow }, search: { ...search, diff }, replace: true })}
          />
        )}
        {overlay === 'instance' && one.item && (
          <>
            <Link to="/docs/$doc" params={{ doc: one.item.document }} search={{ instance: one.item.id }} className="mono">
              {one.item.document_key ?? one.item.document}
            </Link>
            <StatusChip room="instance" state={one.item.status} />
            {one.version && <span className="dim small">{t('flows.drawn_on', { number: one.version.number })}</span>}
            <Button
              size="small"
              icon="cross"
              onPress={() =>
                void navigate({
                  to: '/flows/$flow',
                  params: { flow },
                  search: { ...search, instance: undefined, overlay: undefined },
                  replace: true,
                })
              }
            >
              {t('flows.no_instance')}
            </Button>
          </>
        )}
        {overlay === 'live' && underWay.data?.more && <span className="dim small">{t('flows.counting_cut')}</span>}
        {metric && (
          <p className="dim small">
            {t('overlay.of', { days: daysOf(search.range) })} {insight.data?.instances === 0 && t('overlay.none_yet')}
          </p>
        )}
      </div>
      {overlay === 'instance' && elsewhere.length > 0 && (
        <p className="dim small">{t('flows.not_drawn', { steps: elsewhere.join(', ') })}</p>
      )}
      {overlay === 'instance' && one.error && <ProblemView error={one.error} compact />}
      {overlay === 'diff' && difference.error !== null && <ProblemView error={difference.error} compact />}
      {metric && insight.isError && <ProblemView error={insight.error} compact />}
      <div className="design">
        <Outline
          steps={model.steps}
          chosen={search.step}
          counts={counts}
          visited={overlay === 'instance' ? one.marks : null}
          changed={overlay === 'diff' ? difference.marks : NO_CHANGES}
          onChoose={choose}
        />
        <Canvas
          flow={flow}
          starts={model.starts}
          steps={model.steps}
          chosen={search.step}
          counts={counts}
          heat={heat}
          heatIn={metric === 'median' || metric === 'p90' ? 'time' : 'count'}
          visited={overlay === 'instance' ? one.marks : null}
          changed={overlay === 'diff' ? difference.marks : NO_CHANGES}
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
