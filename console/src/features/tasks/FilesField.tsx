/** Files that go with a verb: chosen or dropped, sent at once, and named when the verb is. The same on the desk and on the phone. */
import { type Dispatch, type SetStateAction, useEffect, useId, useRef, useState } from 'react';
import { problemOf } from '../../api/problem';
import { useSentence } from '../../app/sentence';
import { bytes } from '../../format/time';
import { useT } from '../../i18n';
import { FILES_MAX, upload } from './files';
import type { Filled } from './verbs';

interface Going {
  id: number;
  name: string;
  share: number;
  /** Why it was not taken. */
  fault?: string;
  stop: () => void;
}

interface Props {
  place: { on: string; task: string; instance: string };
  filled: Filled;
  onFill: Dispatch<SetStateAction<Filled>>;
}

export function FilesField({ place, filled, onFill }: Props) {
  const t = useT();
  const id = useId();
  const [over, setOver] = useState(false);
  const { going, send, drop } = useSending(place, onFill);
  const full = filled.files.length + going.length >= FILES_MAX;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {t('task.files')}
      </label>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; the field inside does the same by key */}
      <div
        className={over ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          send(event.dataTransfer.files, filled);
        }}
      >
        <input
          id={id}
          type="file"
          multiple
          disabled={full}
          onChange={(event) => {
            send(event.target.files, filled);
            // The same file may be chosen once more.
            event.target.value = '';
          }}
        />
        <span className="hint">{t(full ? 'task.files_full' : 'task.files_hint', { most: FILES_MAX })}</span>
      </div>
      <ul className="files" aria-live="polite">
        {filled.files.map((file) => (
          <li key={file.ref}>
            <span className="wrap">{file.name}</span>
            <span className="dim small">{bytes(file.size)}</span>
            <Remove
              name={file.name}
              onPress={() => onFill((now) => ({ ...now, files: now.files.filter((one) => one.ref !== file.ref) }))}
            />
          </li>
        ))}
        {going.map((one) => (
          <li key={one.id}>
            <span className="wrap">{one.name}</span>
            {one.fault === undefined ? (
              <progress max={1} value={one.share} aria-label={t('task.file_going', { name: one.name })} />
            ) : (
              <span className="fault small" role="alert">
                {one.fault}
              </span>
            )}
            <Remove name={one.name} onPress={() => drop(one.id)} />
          </li>
        ))}
      </ul>
      <details>
        <summary className="small">{t('task.file_elsewhere')}</summary>
        <input
          className="input"
          aria-label={t('task.file')}
          value={filled.file}
          onChange={(event) => {
            const { value } = event.target;
            onFill((now) => ({ ...now, file: value }));
          }}
        />
        <span className="hint">{t('task.file_hint')}</span>
      </details>
    </div>
  );
}

function Remove({ name, onPress }: { name: string; onPress: () => void }) {
  const t = useT();
  return (
    <button type="button" className="button small" aria-label={t('task.file_remove', { name })} onClick={onPress}>
      {t('task.remove')}
    </button>
  );
}

/** What is on its way; what arrives goes to what is filled in, and what is on its way keeps the verb waiting. */
function useSending(place: Props['place'], onFill: Props['onFill']) {
  const sentence = useSentence();
  const [going, setGoing] = useState<Going[]>([]);
  const next = useRef(0);
  const open = useRef(new Map<number, () => void>());
  useEffect(() => {
    const stops = open.current;
    return () => {
      for (const stop of stops.values()) stop();
    };
  }, []);
  const change = (id: number, what: Partial<Going>) =>
    setGoing((now) => now.map((one) => (one.id === id ? { ...one, ...what } : one)));
  const drop = (id: number) => {
    open.current.get(id)?.();
    setGoing((now) => now.filter((one) => one.id !== id));
  };
  const sendOne = async (file: File) => {
    next.current += 1;
    const id = next.current;
    const { done, stop } = upload(place, file, (share) => change(id, { share }));
    open.current.set(id, stop);
    setGoing((now) => [...now, { id, name: file.name, share: 0, stop }]);
    onFill((now) => ({ ...now, going: now.going + 1 }));
    try {
      const kept = await done;
      // The same content is the same file, however often it is chosen.
      onFill((now) => ({ ...now, files: [...now.files.filter((one) => one.ref !== kept.ref), kept] }));
      setGoing((now) => now.filter((one) => one.id !== id));
    } catch (error) {
      if (!(error instanceof DOMException)) change(id, { fault: sentence(problemOf(error)) });
    } finally {
      open.current.delete(id);
      onFill((now) => ({ ...now, going: now.going - 1 }));
    }
  };
  const send = (files: FileList | null, filled: Filled) => {
    const room = FILES_MAX - filled.files.length - going.length;
    for (const file of [...(files ?? [])].slice(0, Math.max(0, room))) void sendOne(file);
  };
  return { going, send, drop };
}
