import { useId, useMemo, useState } from 'react';
import { useT } from '../../i18n';
import { Banner, Button } from '../../ui';
import { type Choice, type Conflict, conflictsOf, merged, nameOf, settledText, takenOf } from './merge';

const CHOICES = ['mine', 'theirs', 'both'] as const;

/** My text and what somebody else saved meanwhile: put together, with a choice wherever both changed the same. */
export function MergePanel({
  base,
  mine,
  theirs,
  onSettled,
}: {
  base: string;
  mine: string;
  theirs: string;
  onSettled: (text: string) => void;
}) {
  const t = useT();
  const [chosen, setChosen] = useState<ReadonlyMap<string, Choice>>(new Map());
  const merge = useMemo(() => merged(base, mine, theirs), [base, mine, theirs]);
  const conflicts = conflictsOf(merge);
  const numbered = conflicts.map((conflict, index) => ({ number: index + 1, conflict }));
  const text = settledText(merge, (conflict) => chosen.get(nameOf(conflict)));
  const taken = takenOf(merge);
  const left = conflicts.filter((conflict) => !chosen.has(nameOf(conflict))).length;
  return (
    <Banner
      tone="warn"
      action={
        <Button
          size="small"
          kind="primary"
          refused={text === null ? t('merge.left', { count: left }) : null}
          onPress={() => text !== null && onSettled(text)}
        >
          {t('draft.settled')}
        </Button>
      }
    >
      <strong>{t('draft.conflict')}</strong>
      <span>{t('merge.how')}</span>
      {taken > 0 && <span>{t('merge.taken', { count: taken })}</span>}
      {conflicts.length === 0 && <span>{t('merge.none')}</span>}
      {numbered.map(({ number, conflict }) => (
        <OneConflict
          key={number}
          number={number}
          conflict={conflict}
          choice={chosen.get(nameOf(conflict))}
          onChoose={(choice) => setChosen(new Map(chosen).set(nameOf(conflict), choice))}
        />
      ))}
    </Banner>
  );
}

function OneConflict({
  number,
  conflict,
  choice,
  onChoose,
}: {
  number: number;
  conflict: Conflict;
  choice: Choice | undefined;
  onChoose: (choice: Choice) => void;
}) {
  const t = useT();
  const id = useId();
  const sides = [
    ['mine', conflict.mine],
    ['was', conflict.base],
    ['theirs', conflict.theirs],
  ] as const;
  return (
    <fieldset className="merge-conflict">
      <legend>{t('merge.conflict', { number })}</legend>
      <div className="merge-sides">
        {sides.map(([side, lines]) => (
          <div key={side}>
            <span className="dim small">{t(`merge.${side}`)}</span>
            {lines.length > 0 ? <pre className="json">{lines.join('\n')}</pre> : <p className="dim">{t('merge.nothing')}</p>}
          </div>
        ))}
      </div>
      <div className="row">
        {CHOICES.map((each) => (
          <label key={each} className="choice">
            <input type="radio" name={id} checked={choice === each} onChange={() => onChoose(each)} />
            <span>{t(`merge.take.${each}`)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
