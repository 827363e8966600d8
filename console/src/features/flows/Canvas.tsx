import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { duration } from '../../format/time';
import { useLanguage, useT, useWord } from '../../i18n';
import { Button, Chip, StatusChip } from '../../ui';
import type { Heat } from './heat';
import { type Box, layout } from './layout';
import type { Changed, Visited } from './marks';
import type { Step } from './model';
import type { Count } from './overlay';

interface Props {
  flow: string;
  starts: string[];
  steps: Step[];
  chosen?: string;
  counts: Map<string, Count>;
  /** How hot each step is; no step where another overlay is shown. */
  heat: Map<string, Heat>;
  heatIn: 'time' | 'count';
  /** What one instance has done; null where another overlay is shown. */
  visited: Map<string, Visited> | null;
  /** What differs between two versions. */
  changed: Map<string, Changed>;
  folded: ReadonlySet<string>;
  onFold: (id: string) => void;
  onChoose: (id: string) => void;
}

const ZOOMS = [0.4, 0.5, 0.65, 0.8, 1, 1.25] as const;
const MARGIN = 24;
const CHANGES = {
  added: { tone: 'ok', mark: '+' },
  removed: { tone: 'bad', mark: '−' },
  changed: { tone: 'warn', mark: '~' },
  moved: { tone: 'info', mark: '⇄' },
} as const;

/** The flow drawn from top to bottom. Nothing can be moved: where a card stands follows from the text. */
export function Canvas(props: Props) {
  const { flow, starts, steps, chosen, counts, heat, heatIn, visited, changed, folded, onFold, onChoose } = props;
  const t = useT();
  const place = useRef<HTMLElement>(null);
  const [zoom, setZoom] = useState(4);
  const drawn = layout(steps, folded);
  const scale = ZOOMS[zoom] ?? 1;
  const { width } = drawn;
  useEffect(() => {
    // The whole width at first, as far as it can still be read.
    const room = (place.current?.clientWidth ?? 800) - 2 * MARGIN;
    const fits = ZOOMS.map((each, index) => (each <= 1 && width * each <= room ? index : -1)).filter((index) => index >= 0);
    setZoom(fits.at(-1) ?? 1);
  }, [width]);
  return (
    <section className="canvas" aria-label={t('flows.canvas')} ref={place}>
      <div className="canvas-tools row">
        <Button size="small" icon="minus" label={t('flows.smaller')} disabled={zoom === 0} onPress={() => setZoom(zoom - 1)} />
        <span className="small">{Math.round(scale * 100)}%</span>
        <Button size="small" label={t('flows.larger')} disabled={zoom === ZOOMS.length - 1} onPress={() => setZoom(zoom + 1)}>
          +
        </Button>
      </div>
      <div className="canvas-size" style={{ width: drawn.width * scale + 2 * MARGIN, height: drawn.height * scale + 2 * MARGIN }}>
        <div
          className="canvas-sheet"
          style={{ width: drawn.width, height: drawn.height, transform: `translate(${MARGIN}px, ${MARGIN}px) scale(${scale})` }}
        >
          <svg aria-hidden="true" width={drawn.width} height={drawn.height}>
            {drawn.edges.map((edge) => (
              <polyline key={edge.key} points={edge.points.map((point) => point.join(',')).join(' ')} />
            ))}
          </svg>
          {drawn.boxes.map((box) => (
            <div key={box.key} className="canvas-box" style={{ left: box.x, top: box.y, width: box.width, height: box.height }}>
              <Content
                box={box}
                starts={starts}
                chosen={chosen}
                visited={visited}
                changed={box.step && box.kind === 'step' ? changed.get(box.step.id) : undefined}
                heat={box.step && box.kind === 'step' ? heat.get(box.step.id) : undefined}
                heatIn={heatIn}
                onFold={onFold}
                onChoose={onChoose}
              />
              {box.step && box.kind === 'step' && <Standing flow={flow} step={box.step.id} count={counts.get(box.step.id)} />}
            </div>
          ))}
        </div>
      </div>
    </section>
  );
}

function Content({
  box,
  starts,
  chosen,
  visited,
  changed,
  heat,
  heatIn,
  onFold,
  onChoose,
}: {
  box: Box;
  starts: string[];
  chosen?: string;
  visited: Map<string, Visited> | null;
  changed?: Changed;
  heat?: Heat;
  heatIn: 'time' | 'count';
  onFold: (id: string) => void;
  onChoose: (id: string) => void;
}) {
  const t = useT();
  const word = useWord();
  const { language } = useLanguage();
  const { step, branch } = box;
  if (box.kind === 'start') {
    return (
      <div className="flow-start" title={starts.join('\n')}>
        {starts[0] ?? t('flows.starts_by_hand')}
      </div>
    );
  }
  if (box.kind === 'branch') {
    return (
      <div className="flow-branch" title={branch?.when ?? ''}>
        <span className="dim small">{box.number}</span> <strong>{branch?.id}</strong>{' '}
        <code className="small">{branch?.when ?? ''}</code>
      </div>
    );
  }
  if (box.kind === 'folded') {
    return (
      <Button size="small" onPress={() => step && onFold(step.id)}>
        {t('flows.hidden', { count: box.hidden ?? 0 })}
      </Button>
    );
  }
  if (!step) return null;
  const been = visited?.get(step.id);
  return (
    <button
      type="button"
      className={[
        'flow-card',
        step.kind,
        heat ? `heat heat-${heat.level}` : '',
        changed ? `is-${changed}` : '',
        visited && !been ? 'unvisited' : '',
      ].join(' ')}
      aria-pressed={chosen === step.id}
      onClick={() => onChoose(step.id)}
    >
      <span className="row between">
        <span className="small dim">{word('step', step.kind)}</span>
        {heat && <span className="small">{heatIn === 'time' ? duration(heat.value, language) : heat.value}</span>}
        {been && (
          <StatusChip
            room="visit"
            state={been.state}
            words={`${word('visit', been.state)}${been.visits > 1 ? ` ×${been.visits}` : ''}`}
          />
        )}
        {changed && (
          <Chip tone={CHANGES[changed].tone}>
            {CHANGES[changed].mark} {word('change', changed)}
          </Chip>
        )}
      </span>
      <strong>{step.id}</strong>
      <span className="small wide-text">{step.what || step.notes[0] || ''}</span>
    </button>
  );
}

/** How many stand at a step now: each number leads to them. It lies over the card, because a button holds no links. */
function Standing({ flow, step, count }: { flow: string; step: string; count?: Count }) {
  const t = useT();
  if (!count) return null;
  return (
    <Link
      to="/flows/$flow"
      params={{ flow }}
      search={{ tab: 'instances', at: step }}
      className="flow-standing row"
      aria-label={t('flows.standing', { step, running: count.running, stopped: count.stopped })}
    >
      {count.stopped > 0 && (
        <Chip tone="bad" icon="alert">
          {count.stopped}
        </Chip>
      )}
      {count.running > 0 && (
        <Chip tone="waiting" icon="hourglass">
          {count.running}
        </Chip>
      )}
    </Link>
  );
}
