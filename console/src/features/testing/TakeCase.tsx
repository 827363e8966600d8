import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { parseDocument } from 'yaml';
import { api, type Schemas, take } from '../../api/client';
import { ApiError, own } from '../../api/problem';
import { definitionRoute } from '../../app/router';
import { ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Card, TextField, toast } from '../../ui';
import { useEditing } from '../definitions/editing';
import { SampleSelect } from '../mapping/SampleSelect';
import { inputsOf, usePreview } from '../mapping/use';
import { declared, fileWord, isExact, withCase } from './cases';
import { keepNew } from './use';

/** Makes a case of a real document: what goes in as it is stored, and what the text at hand makes of it. */
export function TakeCase() {
  const t = useT();
  const navigate = useNavigate();
  const client = useQueryClient();
  const { id, text, quiet, setText, refused } = useEditing();
  const search = definitionRoute.useSearch();
  const { sample } = search;
  const [name, setName] = useState('');
  const { preview, refused: hidden } = usePreview(id, quiet, sample);
  const found = useQuery({
    queryKey: ['document', sample, 'case'],
    queryFn: async () => {
      const path = { id: sample ?? '' };
      const detail = (await take(api.GET('/api/v1/documents/{id}', { params: { path } }))) as Schemas['DocumentDetail'];
      const revision = await take(
        api.GET('/api/v1/documents/{id}/revisions/{number}', { params: { path: { ...path, number: detail.revision } } }),
      );
      return {
        key: detail.key,
        type: detail.type,
        body: revision.body as unknown,
        payload: revision.payload as unknown,
        masked: (revision.masked ?? []).length > 0,
      };
    },
    enabled: sample !== undefined && hidden === null,
  });
  const document = found.data;
  const inputs = document ? inputsOf(quiet, document) : {};
  const lacking = inputNames(quiet).filter((input) => inputs[input] === undefined || inputs[input] === null);
  const title = name.trim() || (document?.key ?? '');
  const word = `${fileWord(id)}-${fileWord(title)}`;
  const one = { name: title, inputs: `samples/${word}.inputs.json`, expect: `samples/${word}.expected.json` };
  const longer = document ? withCase(text, one) : null;
  const why = (): string | null => {
    if (!sample) return t('tests.choose_first');
    if (!document) return t('state.loading');
    if (document.masked) return t('tests.masked');
    if (lacking.length > 0) return t('tests.lacking', { inputs: lacking.join(', ') });
    if (!isExact(inputs) || !isExact(preview.data?.output)) return t('tests.not_exact');
    if (declared(text).some((known) => known.name === title)) return t('tests.named_already', { name: title });
    return longer === null ? t('map.in_text') : (preview.data?.error?.message ?? null);
  };
  const stop = refused ?? hidden ?? why();
  const keep = useMutation({
    mutationFn: async () => {
      // Made of the very file that is kept, so that the case is true on its own.
      const made = await take(
        api.POST('/api/v1/mappings/preview', { body: { text, sample: inputs as Record<string, never>, drafts: true } }),
      );
      if (made.output === undefined || made.output === null)
        throw new ApiError(own('mapping_fails', made.error?.message ?? t('map.nothing_made')));
      await keepNew('file', one.inputs, pretty(inputs));
      await keepNew('file', one.expect, pretty(made.output));
    },
    onSuccess: () => {
      if (longer !== null) setText(longer);
      setName('');
      toast({ tone: 'ok', text: t('tests.taken') });
      return client.invalidateQueries({ queryKey: ['drafts'] });
    },
  });
  return (
    <Card title={t('tests.take')}>
      <p className="dim">{t('tests.take_what')}</p>
      <div className="filters">
        <SampleSelect
          value={sample}
          onChoose={(value) =>
            void navigate({
              to: '/definitions/$kind/$id',
              params: { kind: 'mapping', id },
              search: { ...search, sample: value },
              replace: true,
            })
          }
        />
        <TextField label={t('tests.name')} value={name} onChange={setName} placeholder={document?.key} />
        <Button kind="primary" refused={stop} disabled={keep.isPending} onPress={() => keep.mutate()}>
          {t('tests.take_do')}
        </Button>
      </div>
      {preview.data?.error && <Banner tone="warn">{preview.data.error.message}</Banner>}
      {keep.isError && <ProblemView error={keep.error} compact />}
    </Card>
  );
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function inputNames(text: string): string[] {
  const content: unknown = parseDocument(text).toJS();
  const found = content !== null && typeof content === 'object' && 'inputs' in content ? content.inputs : null;
  return found !== null && typeof found === 'object' ? Object.keys(found) : [];
}
