import { useState } from 'react';
import { useRefusal } from '../../app/me';
import { useT } from '../../i18n';
import { Banner, Button } from '../../ui';
import { BulkSheet, type Choice } from './BulkSheet';

interface Props {
  resource: 'documents' | 'exceptions' | 'messages';
  picked: ReadonlySet<string>;
  onClear: () => void;
  /** The list's filter, to choose everything that fits; null where there is none to name. */
  filter: Record<string, unknown> | null;
  /** How many fit, when all of them are here. */
  everything: number | null;
}

/** What is chosen, and what can be done with all of it. */
export function BulkBar({ resource, picked, onClear, filter, everything }: Props) {
  const t = useT();
  const refused = useRefusal()('run_batches');
  const [choice, setChoice] = useState<Choice | null>(null);
  if (picked.size === 0) return null;
  return (
    <Banner>
      <div className="row">
        <strong>{t('bulk.picked', { count: picked.size })}</strong>
        <Button size="small" kind="primary" refused={refused} onPress={() => setChoice({ ids: [...picked] })}>
          {t('bulk.act')}
        </Button>
        {filter && (everything === null || everything > picked.size) && (
          <Button size="small" refused={refused} onPress={() => setChoice({ filter })}>
            {everything === null ? t('bulk.act_all') : t('bulk.act_all_of', { count: everything })}
          </Button>
        )}
        <Button size="small" kind="quiet" onPress={onClear}>
          {t('bulk.clear')}
        </Button>
      </div>
      {choice && <BulkSheet resource={resource} choice={choice} onClose={() => setChoice(null)} />}
    </Banner>
  );
}
