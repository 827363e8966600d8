import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { Chip } from '../../ui';

/** Cases beside definitions, with what differs where one fails. */
export function Cases({ cases }: { cases: Schemas['CaseView'][] }) {
  const t = useT();
  return (
    <ol className="stack">
      {cases.map((one) => (
        <li key={`${one.file}-${one.name}`} className="stack tight">
          <span className="row">
            <Chip tone={one.passes ? 'ok' : 'bad'} icon={one.passes ? 'check' : 'alert'}>
              {one.passes ? t('cases.passes') : t('cases.fails')}
            </Chip>
            <span>{one.name}</span>
            <code className="dim small">{one.file}</code>
          </span>
          {one.differences && one.differences.length > 0 && <pre className="json">{one.differences.join('\n')}</pre>}
        </li>
      ))}
    </ol>
  );
}
