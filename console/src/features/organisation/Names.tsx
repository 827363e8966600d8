import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';

/** Some people by name and id, and how many more there are. */
export function Names({ people, total }: { people: Schemas['NamedPerson'][]; total: number }) {
  const t = useT();
  const more = total - people.length;
  return (
    <ul className="names">
      {people.map(({ person, name }) => (
        <li key={person}>
          {name} {name !== person && <code className="dim small">{person}</code>}
        </li>
      ))}
      {more > 0 && <li className="dim">{t('organisation.more', { count: more })}</li>}
    </ul>
  );
}
