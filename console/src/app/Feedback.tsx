import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, take } from '../api/client';
import { useT } from '../i18n';
import { TextArea, toast } from '../ui';
import { AskSheet } from './AskSheet';

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
    <AskSheet title={t('feedback.title')} act={t('feedback.send')} ask={send} refused={stop} onClose={onClose}>
      <p>{t('feedback.what')}</p>
      <TextArea label={`${t('feedback.text')} *`} value={text} onChange={setText} rows={5} autoFocus />
      <p className="dim small wrap">
        {t('feedback.page')} <code>{page}</code>
      </p>
    </AskSheet>
  );
}
