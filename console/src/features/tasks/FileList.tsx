/** The files that went with a decision: what they are called, how large they are, and a way to have them. */
import { useState } from 'react';
import { download } from '../../api/download';
import { problemOf } from '../../api/problem';
import { useSentence } from '../../app/sentence';
import { session } from '../../app/session';
import { bytes } from '../../format/time';
import { useT } from '../../i18n';
import { addressOf, attachedTo, linkOf, type Shown } from './files';

export function FileList({ attachments, onlooking }: { attachments: unknown; onlooking?: string | undefined }) {
  const t = useT();
  const files = attachedTo(attachments);
  if (files.length === 0) return null;
  return (
    <ul className="files" aria-label={t('task.files')}>
      {files.map((file) => (
        <li key={`${file.ref} ${file.name}`}>
          <One file={file} onlooking={onlooking} />
        </li>
      ))}
    </ul>
  );
}

/** `onlooking` is the instance that somebody looks at who has nothing to do with it: each look of theirs is written down. */
function One({ file, onlooking }: { file: Shown; onlooking: string | undefined }) {
  const sentence = useSentence();
  const [fault, setFault] = useState('');
  const [small, setSmall] = useState(file.image && !onlooking && session.state() === 'account');
  if (!file.id) {
    const link = linkOf(file.ref);
    if (!link) return <span className="wrap">{file.name === file.ref ? file.name : `${file.name} (${file.ref})`}</span>;
    return (
      <a href={link} target="_blank" rel="noreferrer noopener">
        {file.name}
      </a>
    );
  }
  const address = addressOf(file.id, onlooking);
  const take = () => {
    setFault('');
    download(address, file.name).catch((error) => setFault(sentence(problemOf(error))));
  };
  return (
    <>
      {/* A browser shows pictures by its session; whoever came in by a token has the file itself. */}
      {small && <img className="thumb" src={`${address}?inline=true`} alt="" loading="lazy" onError={() => setSmall(false)} />}
      <button type="button" className="file-name" onClick={take}>
        {file.name}
      </button>
      {file.size !== undefined && <span className="dim small">{bytes(file.size)}</span>}
      {fault && (
        <span className="fault small" role="alert">
          {fault}
        </span>
      )}
    </>
  );
}
