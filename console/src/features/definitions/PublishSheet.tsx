import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, commandKey, type Schemas, take } from '../../api/client';
import { ApiError } from '../../api/problem';
import { useRefusal } from '../../app/me';
import { ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Sheet, Skeleton, TextArea } from '../../ui';
import { Cases } from './Cases';
import { DiffView } from './DiffView';
import { Findings } from './Findings';

/** Looks at what publishing these drafts would do, then does it: checked, tested, live at once. */
export function PublishSheet({
  drafts,
  onClose,
  onPublished,
}: {
  drafts: Schemas['Named'][];
  onClose: () => void;
  onPublished: () => void;
}) {
  const t = useT();
  const refused = useRefusal()('publish');
  const [message, setMessage] = useState('');
  const [untested, setUntested] = useState('');
  const [key] = useState(commandKey);
  const live = useQuery({
    // Not among `releases`, which are read again when one goes live: what was looked at is published on top of what it was looked at with.
    queryKey: ['publish', 'base'],
    queryFn: () => take(api.GET('/api/v1/releases', { params: { query: { limit: 1 } } })),
    gcTime: 0,
  });
  const base = live.data?.items[0]?.number;
  const look = useQuery({
    queryKey: ['publish', 'look', drafts, base],
    queryFn: () => take(api.POST('/api/v1/releases', { body: { message: t('publish.look'), drafts, base, dry_run: true } })),
    enabled: refused === null && live.isSuccess,
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  const publish = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/releases', {
          params: { header: { 'Idempotency-Key': key } },
          body: { message: message.trim(), drafts, base, ...(untested.trim() ? { untested: untested.trim() } : {}) },
        }),
      ),
    onSuccess: onPublished,
  });
  const problem = (publish.error ?? look.error) instanceof ApiError ? ((publish.error ?? look.error) as ApiError).problem : null;
  const failing = (problem?.cases ?? look.data?.cases ?? []).filter((one) => !one.passes);
  const stop =
    refused ??
    (message.trim() === ''
      ? t('publish.message_first')
      : failing.length > 0 && untested.trim() === ''
        ? t('publish.cases_fail')
        : null);
  return (
    <Sheet
      onClose={onClose}
      title={t('publish.title')}
      footer={
        <Button kind="primary" refused={stop} disabled={publish.isPending} onPress={() => publish.mutate()}>
          {t('publish.do')}
        </Button>
      }
    >
      <p>{t('publish.what', { base: base ?? 0 })}</p>
      <TextArea label={`${t('publish.message')} *`} value={message} onChange={setMessage} rows={2} autoFocus />
      {look.isPending && refused === null && <Skeleton lines={4} />}
      {look.isError && <ProblemView error={look.error} compact />}
      {publish.isError && <ProblemView error={publish.error} />}
      {problem?.findings && <Findings findings={problem.findings} />}
      {failing.length > 0 && (
        <>
          <Cases cases={failing} />
          <TextArea label={t('publish.untested')} value={untested} onChange={setUntested} rows={2} />
        </>
      )}
      {look.data && (
        <>
          {look.data.cases.length > 0 && (
            <Banner tone={failing.length > 0 ? 'warn' : 'ok'}>
              {t('publish.cases', { passed: look.data.cases.length - failing.length, count: look.data.cases.length })}
            </Banner>
          )}
          <Findings findings={look.data.findings} />
          <DiffView diff={look.data.diff} />
        </>
      )}
    </Sheet>
  );
}
