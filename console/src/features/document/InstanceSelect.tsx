import { useT } from '../../i18n';
import { Select } from '../../ui';
import type { Detail } from './use';

/** Which run of a document is shown; nothing where there is only one. */
export function InstanceSelect({ detail, value, onChoose }: { detail: Detail; value: string; onChoose: (id: string) => void }) {
  const t = useT();
  if (detail.instances.length < 2) return null;
  return (
    <Select
      label={t('path.instance')}
      value={value}
      onChange={onChoose}
      choices={detail.instances.map((item, index) => ({
        id: item.id,
        name: t('path.instance_name', { number: detail.instances.length - index, flow: item.flow }),
        detail: item.outcome ?? item.status,
      }))}
    />
  );
}
