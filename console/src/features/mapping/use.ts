import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { isMap, isScalar, parseDocument } from 'yaml';
import { api, type Schemas, take } from '../../api/client';
import { useRefusal } from '../../app/me';

/** The last documents, to look at something through one of them. */
export function useSamples(flow?: string) {
  return useQuery({
    queryKey: ['documents', 'samples', flow],
    queryFn: () => take(api.GET('/api/v1/documents', { params: { query: { limit: 50, flow } } })),
    staleTime: 30_000,
  });
}

/** What the text makes of a document. */
export function usePreview(id: string, text: string, sample: string | undefined) {
  const refusal = useRefusal();
  const refused = refusal('edit_drafts') ?? refusal('see_payloads');
  const preview = useQuery({
    queryKey: ['preview', id, text, sample],
    queryFn: () => take(api.POST('/api/v1/mappings/preview', { body: { text, document: sample, drafts: true } })),
    enabled: sample !== undefined && refused === null,
    // What was made a moment ago stays while a letter is typed.
    placeholderData: (before) => before,
    retry: false,
  });
  return { preview, refused };
}

/** What the inputs of a mapping hold for a document: its canonical content, or what its source sent. */
export function useInputs(text: string, sample: string | undefined) {
  const mayRead = useRefusal()('see_payloads') === null;
  const found = useQuery({
    queryKey: ['document', sample, 'newest'],
    queryFn: async () => {
      const path = { id: sample ?? '' };
      const detail = (await take(api.GET('/api/v1/documents/{id}', { params: { path } }))) as Schemas['DocumentDetail'];
      const revision = await take(
        api.GET('/api/v1/documents/{id}/revisions/{number}', { params: { path: { ...path, number: detail.revision } } }),
      );
      return { type: detail.type, body: revision.body as unknown, payload: revision.payload as unknown };
    },
    enabled: sample !== undefined && mayRead,
  });
  return useMemo(() => (found.data ? inputsOf(text, found.data) : {}), [text, found.data]);
}

/** Each input that the document fills: the one of its type, and `source` with what its source sent. */
export function inputsOf(text: string, document: { type: string; body: unknown; payload: unknown }): Record<string, unknown> {
  const declared = parseDocument(text).get('inputs', true);
  if (!isMap(declared)) return {};
  const inputs: Record<string, unknown> = {};
  for (const { key, value } of declared.items) {
    const [name, type] = [isScalar(key) ? String(key.value) : '', isScalar(value) ? String(value.value) : ''];
    if (type === document.type) inputs[name] = document.body;
    else if (name === 'source') inputs[name] = document.payload;
  }
  return inputs;
}
