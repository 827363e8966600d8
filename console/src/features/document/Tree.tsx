import { useT } from '../../i18n';

/** Any JSON as nested names and values; always as text. */
export function Tree({ value }: { value: unknown }) {
  const t = useT();
  if (value === null || value === undefined) return <span className="dim">{t('data.unset')}</span>;
  if (typeof value !== 'object') return <span className="mono wrap">{String(value)}</span>;
  const entries = Array.isArray(value)
    ? value.map((item, index): [string, unknown] => [String(index + 1), item])
    : Object.entries(value);
  if (entries.length === 0) return <span className="dim">{Array.isArray(value) ? '[]' : '{}'}</span>;
  return (
    <ul className="tree">
      {entries.map(([name, inner]) =>
        inner !== null && typeof inner === 'object' ? (
          <li key={name}>
            <details open>
              <summary>
                <span className="dim">{name}</span>
              </summary>
              <Tree value={inner} />
            </details>
          </li>
        ) : (
          <li key={name} className="leaf">
            <span className="dim">{name}</span> <Tree value={inner} />
          </li>
        ),
      )}
    </ul>
  );
}
