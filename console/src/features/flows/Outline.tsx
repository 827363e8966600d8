import { useT, useWord } from '../../i18n';
import type { Changed, Visited } from './marks';
import type { Branch, Step } from './model';
import type { Count } from './overlay';

interface Props {
  steps: Step[];
  chosen?: string;
  counts: Map<string, Count>;
  visited: Map<string, Visited> | null;
  changed: Map<string, Changed>;
  onChoose: (id: string) => void;
}

/** The same flow as nested lists: the way for the keyboard, small screens and screen readers. */
export function Outline(props: Props) {
  const t = useT();
  return (
    <nav className="outline" aria-label={t('flows.outline')}>
      <Level {...props} />
    </nav>
  );
}

function Level(props: Props) {
  const word = useWord();
  const t = useT();
  return (
    <ol>
      {props.steps.map((step) => {
        const count = props.counts.get(step.id);
        const been = props.visited?.get(step.id);
        const changed = props.changed.get(step.id);
        return (
          <li key={step.id}>
            <button
              type="button"
              className="outline-step"
              aria-current={props.chosen === step.id ? 'step' : undefined}
              onClick={() => props.onChoose(step.id)}
            >
              <span className="dim small">{word('step', step.kind)}</span>
              <span className="grow">{step.id}</span>
              {been && <span className="small">{word('visit', been.state)}</span>}
              {changed && <span className="small">{word('change', changed)}</span>}
              {count && (
                <span className={`small${count.stopped > 0 ? ' bad-text' : ''}`}>
                  {t('flows.count', { running: count.running, stopped: count.stopped })}
                </span>
              )}
            </button>
            {step.branches.map((branch) => (
              <Inner key={branch.id} branch={branch} props={props} />
            ))}
          </li>
        );
      })}
    </ol>
  );
}

function Inner({ branch, props }: { branch: Branch; props: Props }) {
  return (
    <div className="outline-branch">
      <span className="dim small wrap">
        {branch.id} {branch.when && <code>{branch.when}</code>}
      </span>
      <Level {...props} steps={branch.steps} />
    </div>
  );
}
