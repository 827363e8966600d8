import { useT } from '../../i18n';
import { Select } from '../../ui';
import { useSamples } from './use';

/** A choice among the last documents, of one flow where it is named; what the page shows is shown of it. */
export function SampleSelect({
  value,
  flow,
  onChoose,
}: {
  value: string | undefined;
  flow?: string;
  onChoose: (id: string | undefined) => void;
}) {
  const t = useT();
  const samples = useSamples(flow);
  return (
    <Select
      label={t('mapping.sample')}
      value={value ?? ''}
      onChange={(next) => onChoose(next || undefined)}
      choices={[
        { id: '', name: t('mapping.no_sample') },
        ...(samples.data?.items ?? []).map((row) => ({ id: row.id, name: row.key, detail: row.type })),
      ]}
    />
  );
}
