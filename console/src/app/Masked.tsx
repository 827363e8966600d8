import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useT } from '../i18n';
import { Banner, Button, TextArea } from '../ui';
import { AskSheet } from './AskSheet';
import { useRefusal } from './me';

/** Says that values are masked, and offers to show them to whoever says why: the reason is written to the audit first. */
export function Masked<T>({
  fields,
  reveal,
  onShown,
}: {
  /** The fields, where they are known. */
  fields?: string[];
  reveal: (reason: string) => Promise<T>;
  onShown: (shown: T) => void;
}) {
  const t = useT();
  const refused = useRefusal()('see_payloads');
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const ask = useMutation({
    mutationFn: () => reveal(reason.trim()),
    onSuccess: (shown) => {
      setAsking(false);
      setReason('');
      onShown(shown);
    },
  });
  return (
    <Banner tone="info">
      <span className="row">
        <span className="wrap">
          {fields && fields.length > 0 ? t('masked.fields', { fields: fields.join(', ') }) : t('masked.shape')}
        </span>
        <Button size="small" refused={refused} onPress={() => setAsking(true)}>
          {t('masked.show')}
        </Button>
      </span>
      {asking && (
        <AskSheet
          title={t('masked.show')}
          act={t('masked.show')}
          ask={ask}
          refused={reason.trim() === '' ? t('act.needed') : null}
          onClose={() => setAsking(false)}
        >
          <p>{t('masked.what')}</p>
          <TextArea label={`${t('act.field.reason')} *`} value={reason} onChange={setReason} />
        </AskSheet>
      )}
    </Banner>
  );
}
