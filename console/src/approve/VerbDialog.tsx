import { useEffect, useRef, useState } from 'react';
import type { Task } from '../features/tasks/TaskBody';
import { VerbFields } from '../features/tasks/VerbFields';
import { type Body, blank, bodyOf, missing, shownOf } from '../features/tasks/verbs';
import { type Key, useT, useWord } from '../i18n';

/** What goes with a verb, in a sheet from below; closing it gives the focus back, as dialogs do. */
export function VerbDialog({
  task,
  verb,
  onClose,
  onSend,
}: {
  task: Task;
  verb: Task['verbs'][number];
  onClose: () => void;
  onSend: (body: Body) => void;
}) {
  const t = useT();
  const word = useWord();
  const dialog = useRef<HTMLDialogElement>(null);
  const [filled, setFilled] = useState(blank);
  // The page looks anew while the sheet is open; what is decided on is what was there when it was opened.
  const [seen] = useState(task.version);
  const [tried, setTried] = useState(false);
  const lacks = missing(verb, filled);
  const name = word('verb', verb.verb);
  useEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} className="phone-dialog" aria-label={name} onClose={onClose}>
      <h2>{name}</h2>
      <p className="dim">{t(`verb_what.${verb.verb}` as Key)}</p>
      <VerbFields task={task} verb={verb} filled={filled} onFill={setFilled} />
      {tried && lacks && (
        <p className="fault" role="alert">
          {t(lacks)}
        </p>
      )}
      <div className="phone-buttons">
        <button type="button" className="button" onClick={() => dialog.current?.close()}>
          {t('phone.cancel')}
        </button>
        <button
          type="button"
          className={`button ${shownOf(verb.verb).tone ?? 'primary'}`}
          onClick={() => (lacks ? setTried(true) : onSend(bodyOf(verb.verb, filled, seen)))}
        >
          {name}
        </button>
      </div>
    </dialog>
  );
}
