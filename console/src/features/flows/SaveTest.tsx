import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { ApiError, own } from '../../api/problem';
import { useRefusal } from '../../app/me';
import { ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Card, TextField } from '../../ui';
import { fileWord, isExact } from '../testing/cases';
import { keepNew } from '../testing/use';
import { type Given, type Played, testOf } from './stepping';

/** Keeps what was played as a test of the flow: the document as a sample, the answers as a script, what came as what is expected. */
export function SaveTest({
  flow,
  document,
  at,
  given,
  played,
  refused,
}: {
  flow: string;
  document: string;
  at: string;
  given: readonly Given[];
  played: Played;
  /** Why this play is none that a test can repeat. */
  refused: string | null;
}) {
  const t = useT();
  const client = useQueryClient();
  const refusal = useRefusal();
  const [name, setName] = useState('');
  const save = useMutation({
    mutationFn: async () => {
      const path = { id: document };
      const detail = (await take(api.GET('/api/v1/documents/{id}', { params: { path } }))) as Schemas['DocumentDetail'];
      const revision = await take(
        api.GET('/api/v1/documents/{id}/revisions/{number}', { params: { path: { ...path, number: detail.revision } } }),
      );
      if ((revision.masked ?? []).length > 0) throw new ApiError(own('masked', t('tests.masked')));
      if (!isExact(revision.body)) throw new ApiError(own('not_exact', t('tests.not_exact')));
      const word = `${fileWord(flow)}-${fileWord(name)}`;
      const sample = `samples/${word}.json`;
      const test = `flows/tests/${word}.yaml`;
      await keepNew('file', sample, `${JSON.stringify(revision.body, null, 2)}\n`);
      await keepNew('test', test, testOf({ name: name.trim(), flow, document: sample, at }, given, played));
      return test;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ['drafts'] }),
  });
  const stop = refusal('edit_drafts') ?? refused ?? (name.trim() === '' ? t('act.needed') : null);
  return (
    <Card title={t('simulate.keep')} level={3}>
      <p className="dim">{t('simulate.keep_what')}</p>
      <div className="filters">
        <TextField label={t('simulate.keep_name')} value={name} onChange={setName} />
        <Button refused={stop} disabled={save.isPending} onPress={() => save.mutate()}>
          {t('simulate.keep_do')}
        </Button>
      </div>
      {save.isError && <ProblemView error={save.error} compact />}
      {save.data && (
        <Banner tone="ok">
          {t('simulate.kept')}{' '}
          <Link to="/flows/$flow" params={{ flow }} search={{ tab: 'tests' }}>
            <code>{save.data}</code>
          </Link>
        </Banner>
      )}
    </Card>
  );
}
