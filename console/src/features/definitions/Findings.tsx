import type { Schemas } from '../../api/client';
import { HelpCode } from '../../app/help/Help';
import { useT } from '../../i18n';
import { Button, Card, StatusChip } from '../../ui';
import type { Edit } from '../../yamltext/edits';
import { fixOf } from './fixes';

/** What is wrong, each with its place; those of the text at hand lead there, and are mended by a click where it is plain how. */
export function Findings({
  findings,
  here,
  text,
  onGo,
  onFix,
}: {
  findings: Schemas['Finding'][];
  here?: string;
  text?: string;
  onGo?: (offset: number) => void;
  onFix?: (fix: Edit[]) => void;
}) {
  const t = useT();
  if (findings.length === 0) return null;
  return (
    <Card title={t('findings.title', { count: findings.length })}>
      <ol className="stack">
        {findings.map((finding) => {
          const fix = finding.file === here && onFix && text !== undefined ? fixOf(finding, text) : null;
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
              {finding.hint && (
                <span className="row">
                  <span className="dim wrap">{finding.hint}</span>
                  {fix && (
                    <Button size="small" onPress={() => onFix?.(fix)}>
                      {t('findings.fix', { word: fix.map(({ insert }) => insert).join(' ') })}
                    </Button>
                  )}
                </span>
              )}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
