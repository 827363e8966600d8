import { useQuery } from '@tanstack/react-query';
import { api, take } from '../../api/client';
import { useCount } from '../../app/count';
import { useMe } from '../../app/me';
import { useT, useWord } from '../../i18n';
import { Button } from '../../ui';
import type { DocumentSearch } from './DocumentsPage';

/** Quick filters with how many stand there, from the hub's own counts. */
export function Counts({ filter, onChange }: { filter: DocumentSearch; onChange: (filter: DocumentSearch) => void }) {
  const t = useT();
  const word = useWord();
  const me = useMe();
  const counts = useQuery({ queryKey: ['counts'], queryFn: () => take(api.GET('/api/v1/documents/counts')) });
  const total = (by: Record<string, number> | undefined) => Object.values(by ?? {}).reduce((sum, count) => sum + count, 0);
  const grouped = useCount();
  const number = (count: number) => (counts.data ? ` ${grouped(count)}` : '');
  const start = new Date();
  start.setHours(0, 0, 0, 0);
  const today = start.toISOString();
  const only = (key: keyof DocumentSearch, value: string) => filter[key] === value && Object.keys(filter).length === 1;
  const preset = (name: string, key: keyof DocumentSearch, value: string, danger?: boolean) => {
    const on = only(key, value);
    return (
      <Button
        key={name}
        size="small"
        kind={on ? 'primary' : danger ? 'danger' : 'plain'}
        onPress={() => onChange(on ? {} : { [key]: value })}
      >
        {name}
      </Button>
    );
  };
  return (
    <div className="row">
      {preset(
        `${t('preset.stopped')}${number(total(counts.data?.stopped))}`,
        'standing',
        'stopped',
        total(counts.data?.stopped) > 0,
      )}
      {me.data && preset(t('preset.mine'), 'owner', me.data.name)}
      {preset(`${t('preset.open')}${number(total(counts.data?.in_flight))}`, 'standing', 'open')}
      {Object.entries(counts.data?.in_flight ?? {})
        .sort()
        .map(([status, count]) => preset(`${word('status', status)} ${grouped(count)}`, 'status', status))}
      {preset(t('preset.today'), 'since', today)}
    </div>
  );
}
