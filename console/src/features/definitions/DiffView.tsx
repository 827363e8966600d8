import type { Schemas } from '../../api/client';
import { useT, useWord } from '../../i18n';
import { Card, Chip, Empty } from '../../ui';

const TONES = { added: 'ok', removed: 'bad', changed: 'warn', moved: 'info' } as const;
const MARKS = { added: '+', removed: '−', changed: '~', moved: '⇄' } as const;
const LINES = { same: ' ', added: '+', removed: '−' } as const;

/** What differs between two releases: definition by definition, part by part, line by line. */
export function DiffView({ diff }: { diff: Schemas['Diff'] }) {
  const t = useT();
  const word = useWord();
  if (diff.definitions.length === 0) return <Empty title={t('diff.none')} />;
  return (
    <div className="stack">
      {diff.definitions.map((definition) => (
        <Card
          key={`${definition.kind}/${definition.id}`}
          level={3}
          title={
            <span className="row">
              <Chip tone={TONES[definition.change]}>
                {MARKS[definition.change]} {word('change', definition.change)}
              </Chip>
              {word('kind', definition.kind)} <code>{definition.id}</code>
            </span>
          }
        >
          {definition.parts.length > 0 && (
            <ul className="stack tight">
              {definition.parts.map((part) => (
                <li key={`${part.what}-${part.name}-${part.change}`} className="row">
                  <Chip tone={TONES[part.change]}>
                    {MARKS[part.change]} {word('change', part.change)}
                  </Chip>
                  <span>
                    {part.what} <code>{part.name}</code>
                  </span>
                  <span className="dim small">{part.fields.map((field) => field.key).join(', ')}</span>
                </li>
              ))}
            </ul>
          )}
          {definition.hunks.map((hunk) => (
            <pre
              key={`${hunk.before_line}-${hunk.after_line}`}
              className="hunk"
              role="group"
              tabIndex={0}
              aria-label={t('diff.hunk', { line: hunk.after_line })}
            >
              {hunk.lines.map((line, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
                <div key={index} className={line.tag}>
                  <span className="hidden-text">{line.tag === 'same' ? '' : word('change', line.tag)}</span>
                  {LINES[line.tag]} {line.text}
                </div>
              ))}
            </pre>
          ))}
        </Card>
      ))}
    </div>
  );
}
