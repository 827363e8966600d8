import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../api/client';
import { useT } from '../i18n';
import { Button, Sheet, TextArea, toast } from '../ui';
import { ProblemView } from './states';

/** Longest note that the hub takes. */
const TEXT_MAX = 2_000;

/** A note about the page that is open, for the owners of the hub. */
export function Feedback({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [text, setText] = useState('');
  // The page as it was when the note was begun.
  const [page] = useState(() => `${location.pathname}${location.search}`.slice(0, 500));
  const send = useMutation({
    mutationFn: () => take(api.POST('/api/v1/feedback', { body: { page, text: text.trim() } })),
    onSuccess: () => {
      toast({ tone: 'ok', text: t('feedback.sent') });
      onClose();
    },
  });
  const stop = text.trim() === '' ? t('act.needed') : text.length > TEXT_MAX ? t('feedback.too_long', { most: TEXT_MAX }) : null;
  return (
    <Sheet
      open
      middle
      onClose={onClose}
      close={t('close')}
      title={t('feedback.title')}
      footer={
        <Button kind="primary" refused={stop} disabled={send.isPending} onPress={() => send.mutate()}>
          {t('feedback.send')}
        </Button>
      }
    >
      <p>{t('feedback.what')}</p>
      <TextArea label={`${t('feedback.text')} *`} value={text} onChange={setText} rows={5} autoFocus />
      <p className="dim small wrap">
        {t('feedback.page')} <code>{page}</code>
      </p>
      {send.isError && <ProblemView error={send.error} compact />}
    </Sheet>
  );
}
