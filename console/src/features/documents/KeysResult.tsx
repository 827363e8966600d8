import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { Loaded } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Copy, DataGrid } from '../../ui';
import { BulkBar } from '../acting/BulkBar';
import { keyOf, nameOf, useColumns } from './cells';

/** What became of pasted keys: found and not found, each said. */
export function KeysResult({ keys, onClose }: { keys: string; onClose: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const columns = useColumns();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const list = keys.split(',').filter((key) => key !== '');
  const query = useQuery({
    queryKey: ['found', keys],
    queryFn: () => take(api.POST('/api/v1/documents/find', { body: { keys: list } })),
  });
  return (
    <Loaded query={query} lines={10}>
      {({ found, not_found }) => {
        const rows = [...new Map(found.flatMap((key) => key.documents).map((row) => [row.id, row])).values()];
        return (
          <>
            <Banner
              tone={not_found.length > 0 ? 'warn' : 'ok'}
              action={
                <Button size="small" onPress={onClose}>
                  {t('close')}
                </Button>
              }
            >
              <span>
                {t('keys_result.summary', {
                  asked: list.length,
                  found: found.length,
                  missing: not_found.length,
                  documents: rows.length,
                })}
              </span>
              {not_found.length > 0 && (
                <Copy text={not_found.join('\n')} label={t('keys_result.copy')}>
                  <span className="mono wrap small">
                    {not_found.slice(0, 40).join(' · ')}
                    {not_found.length > 40 ? ' …' : ''}
                  </span>
                </Copy>
              )}
            </Banner>
            <BulkBar resource="documents" picked={picked} onClear={() => setPicked(new Set())} filter={null} everything={null} />
            <DataGrid
              label={t('keys_result.caption')}
              columns={columns}
              rows={rows}
              keyOf={keyOf}
              nameOf={nameOf}
              picking={{ picked, onPick: setPicked }}
              onOpen={(row) => void navigate({ to: '/docs/$doc', params: { doc: row.id } })}
            />
          </>
        );
      }}
    </Loaded>
  );
}
