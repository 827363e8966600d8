import type { ReactNode } from 'react';
import { useT } from '../../i18n';
import { inside } from './origins';

interface Props {
  value: unknown;
  /** What stands beside a value: where it came from. */
  beside?: (path: string) => ReactNode;
  path?: string;
}

/** Any JSON as nested names and values; always as text. */
export function Tree({ value, beside, path = '' }: Props) {
  const t = useT();
  if (value === null || value === undefined) return <span className="dim">{t('data.unset')}</span>;
  if (typeof value !== 'object') return <span className="mono wrap">{String(value)}</span>;
  const list = Array.isArray(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return <span className="dim">{list ? '[]' : '{}'}</span>;
  return (
    <ul className="tree">
      {entries.map(([key, inner]) => {
        const name = list ? String(Number(key) + 1) : key;
        const place = inside(path, key, list);
        return inner !== null && typeof inner === 'object' && Object.keys(inner).length > 0 ? (
          <li key={key}>
            <details open>
              <summary>
                <span className="dim">{name}</span>
              </summary>
              <Tree value={inner} beside={beside} path={place} />
            </details>
          </li>
        ) : (
          <li key={key} className="leaf">
            <span className="dim">{name}</span> <Tree value={inner} /> {beside?.(place)}
          </li>
        );
      })}
    </ul>
  );
}
