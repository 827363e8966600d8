import type { Schemas } from '../../api/client';
import { HelpCode } from '../../app/help/Help';
import { useT } from '../../i18n';
import { Card, StatusChip } from '../../ui';

/** What is wrong, each with its place; those of the text at hand lead there. */
export function Findings({
  findings,
  here,
  onGo,
}: {
  findings: Schemas['Finding'][];
  here?: string;
  onGo?: (offset: number) => void;
}) {
  const t = useT();
  if (findings.length === 0) return null;
  return (
    <Card title={t('findings.title', { count: findings.length })}>
      <ol className="stack">
        {findings.map((finding) => {
          const place = `${finding.file}:${finding.place.line}:${finding.place.column}`;
          return (
            <li key={`${place}-${finding.code}-${finding.path}`} className="stack tight">
              <span className="row">
                <StatusChip room="severity" state={finding.severity} />
                {finding.file === here && onGo ? (
                  <button type="button" className="linklike mono" onClick={() => onGo(finding.place.offset)}>
                    {place}
                  </button>
                ) : (
                  <code>{place}</code>
                )}
                <HelpCode code={finding.code} />
              </span>
              <span className="wrap">{finding.message}</span>
              {finding.hint && <span className="dim wrap">{finding.hint}</span>}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
