import { Link } from '@tanstack/react-router';
import { useT, useWord } from '../../i18n';
import { Copy, Facts, Json, Sheet, Time } from '../../ui';
import { type Entry, Outcome } from './AuditPage';
import { useAction } from './entry';

/** One line of the audit with everything that is known of it. */
export function EntrySheet({ entry, onClose }: { entry: Entry; onClose: () => void }) {
  const t = useT();
  const word = useWord();
  const action = useAction();
  const detail = entry.detail as Record<string, unknown> | null;
  return (
    <Sheet onClose={onClose} title={action(entry.action)}>
      <Outcome outcome={entry.outcome ?? null} />
      <Facts
        rows={[
          [t('audit.at'), <Time key="at" at={entry.at} exact seconds />],
          [
            t('audit.actor'),
            <Link key="actor" to="/audit" search={{ actor: entry.actor }}>
              {entry.actor}
            </Link>,
          ],
          [t('audit.via'), word('via', entry.via)],
          [t('audit.action'), <code key="action">{entry.action}</code>],
          [
            t('audit.object'),
            entry.object ? (
              <Link key="object" to="/audit" search={{ object: entry.object }} className="mono wrap">
                {entry.object}
              </Link>
            ) : null,
          ],
          [t('audit.address'), entry.address],
          [t('problem.request'), entry.request ? <code key="request">{entry.request}</code> : null],
          [t('audit.number'), entry.number ? String(entry.number) : t('audit.not_sealed')],
          [
            t('audit.hash'),
            entry.hash ? (
              <Copy key="hash" text={entry.hash}>
                <code className="wrap">{entry.hash}</code>
              </Copy>
            ) : null,
          ],
        ]}
      />
      {detail && Object.keys(detail).length > 0 && <Json value={detail} label={t('audit.detail')} />}
    </Sheet>
  );
}
