import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Button, Facts, Sheet, StatusChip, Time } from '../../ui';
import { DriftSheet } from '../acting/DriftSheet';
import { Of } from './Differences';

/** One difference with everything that is known of it, and what can be done. */
export function DifferenceSheet({ id, onClose }: { id: string; onClose: () => void }) {
  const t = useT();
  const word = useWord();
  const refused = useRefusal()('settle_exceptions');
  const [acting, setActing] = useState<'accept' | 'repair' | null>(null);
  const query = useQuery({
    queryKey: ['drift', 'one', id],
    queryFn: () => take(api.GET('/api/v1/drift/{id}', { params: { path: { id } } })),
  });
  const item = query.data;
  return (
    <>
      {acting === null && (
        <Sheet
          onClose={onClose}
          title={item ? word('drift_kind', item.kind) : t('reconcile.difference')}
          footer={
            item?.state === 'open' && (
              <>
                <Button refused={refused} onPress={() => setActing('accept')}>
                  {t('drift.accept')}
                </Button>
                <Button
                  kind="primary"
                  refused={refused ?? (item.document ? null : t('reconcile.nothing_to_repair'))}
                  onPress={() => setActing('repair')}
                >
                  {t('drift.repair')}
                </Button>
              </>
            )
          }
        >
          <Loaded query={query} lines={6}>
            {(drift) => (
              <>
                <p className="dim">{word('drift_what', drift.kind)}</p>
                <div className="row">
                  <StatusChip room="drift" state={drift.state} />
                  {drift.resolution && <span className="dim">{word('drift_resolution', drift.resolution)}</span>}
                </div>
                <Facts
                  rows={[
                    [t('reconcile.document'), <Of key="of" row={drift} />],
                    [t('filters.system'), drift.connection],
                    [t('ledger.object'), drift.external_id],
                    [t('reconcile.field'), drift.field],
                    [
                      t('drift.ours'),
                      <span key="ours" className="mono wrap">
                        {drift.ours ?? '–'}
                      </span>,
                    ],
                    [
                      t('drift.theirs'),
                      <span key="theirs" className="mono wrap">
                        {drift.theirs ?? '–'}
                      </span>,
                    ],
                    [t('reconcile.first_seen'), <Time key="first" at={drift.first_seen_at} exact />],
                    [t('reconcile.last_seen'), <Time key="last" at={drift.last_seen_at} exact />],
                    [t('reconcile.repair_begun'), drift.repair_at ? <Time key="repair" at={drift.repair_at} exact /> : null],
                    [t('act.field.reason'), drift.reason],
                    [t('reconcile.settled_by'), drift.resolved_by],
                    [t('reconcile.settled_at'), drift.resolved_at ? <Time key="at" at={drift.resolved_at} exact /> : null],
                  ]}
                />
              </>
            )}
          </Loaded>
        </Sheet>
      )}
      {acting && <DriftSheet id={id} action={acting} onClose={() => setActing(null)} />}
    </>
  );
}
