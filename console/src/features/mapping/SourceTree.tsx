import type { Ref } from 'react';
import { lookNow } from '../../app/look';
import { useT } from '../../i18n';
import type { SourceField } from './source';

interface Props {
  ref: Ref<HTMLUListElement>;
  fields: SourceField[];
  wanted: string;
  /** Places that some rule reads. */
  used: ReadonlySet<string>;
  /** Places that the chosen rule reads. */
  highlighted: ReadonlySet<string>;
  /** How the chosen rule may name a place; null while none is chosen. */
  reach: ((path: string) => string | null) | null;
  onTake: (name: string) => void;
  /** `m` on a field: what it goes to is chosen. */
  onMap: (field: SourceField) => void;
}

/** What can be read: each field with its value, a button that puts its name into the chosen rule. */
export function SourceTree({ ref, fields, wanted, used, highlighted, reach, onTake, onMap }: Props) {
  const t = useT();
  const word = wanted.trim().toLowerCase();
  const shown = fields.filter((field) => word === '' || `${field.path} ${field.value ?? ''}`.toLowerCase().includes(word));
  return (
    <ul ref={ref} className="map-list" aria-label={t('map.source')}>
      {shown.map((field) => {
        const name = reach?.(field.path) ?? null;
        return (
          <li key={field.path} data-place={field.path} className={highlighted.has(field.path) ? 'chosen' : ''}>
            <button
              type="button"
              style={{ paddingInlineStart: 8 + field.depth * 14 }}
              aria-disabled={name === null}
              aria-keyshortcuts="m"
              onClick={() => name !== null && onTake(name)}
              onKeyDown={(event) => {
                if (event.key !== 'm' || event.ctrlKey || event.metaKey || event.altKey || !lookNow().keys) return;
                event.preventDefault();
                onMap(field);
              }}
            >
              <span className="mono">
                {field.name}
                {field.list && '[]'}
              </span>
              <span className="dim small grow ellipsis">{field.value}</span>
              {name !== null && <span className="hidden-text">{t('map.take', { name })}</span>}
              <span className={`port${used.has(field.path) ? ' used' : ''}`} aria-hidden="true" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
