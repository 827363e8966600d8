/** What the wizard knows: the connectors there are, and the draft that it writes. */
import { useMutation, useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, take } from '../../api/client';
import { ApiError } from '../../api/problem';
import { useMe } from '../../app/me';
import { type Described, describe } from './connector';
import type { Part } from './gallery';
import type { Readme } from './readme';

/** A connector to choose, of the project or of the gallery that comes with the product. */
export interface Choice {
  described: Described;
  text: string;
  readme: Readme | null;
  /** Whether the project has it already. */
  live: boolean;
  /** What the project lacks of what it needs. */
  parts: Part[];
}

/** Every connector there is to choose; those of the project as the project has them. */
export function useChoices() {
  const gallery = useQuery({ queryKey: ['gallery'], queryFn: () => import('./gallery'), staleTime: Number.POSITIVE_INFINITY });
  const project = useQuery({ queryKey: ['definitions', ''], queryFn: () => take(api.GET('/api/v1/definitions')) });
  const live = (project.data?.items ?? []).filter((item) => item.version);
  const texts = useQueries({
    queries: live
      .filter((item) => item.kind === 'connector')
      .map(({ kind, id }) => ({
        queryKey: ['definition', kind, id, 'text'],
        queryFn: () => take(api.GET('/api/v1/definitions/{kind}/{id}/text', { params: { path: { kind, id } } })),
        staleTime: 60_000,
      })),
  });
  const pending = gallery.isPending || project.isPending || texts.some((text) => text.isPending);
  const error = gallery.error ?? project.error ?? texts.find((text) => text.error)?.error ?? null;
  const choices = new Map<string, Choice>();
  const known = new Set(live.map((item) => `${item.kind}/${item.id}`));
  for (const item of gallery.data?.GALLERY.values() ?? []) {
    const described = describe(item.text);
    const parts = gallery.data?.partsOf(item).filter((part) => !known.has(`${part.kind}/${part.id}`)) ?? [];
    if (described) choices.set(item.id, { described, text: item.text, readme: item.readme, live: false, parts });
  }
  for (const { data } of texts) {
    const described = data ? describe(data.text) : null;
    // A project's own text counts, whatever the gallery has under that name.
    if (data && described)
      choices.set(data.id, {
        described,
        text: data.text,
        readme: choices.get(data.id)?.readme ?? null,
        live: true,
        parts: [],
      });
  }
  const connections = new Set(live.filter((item) => item.kind === 'connection').map((item) => item.id));
  return { choices: pending ? null : choices, connections, error };
}

/** The caller's draft of a connection; null when there is none. */
export function useConnectionDraft(id: string | undefined) {
  return useQuery({
    queryKey: ['definition', 'connection', id, 'draft'],
    queryFn: () => draftOf('connection', id ?? ''),
    enabled: id !== undefined,
    gcTime: 0,
  });
}

async function draftOf(kind: string, id: string) {
  try {
    return await take(api.GET('/api/v1/definitions/{kind}/{id}/draft', { params: { path: { kind, id } } }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** Saves the connection, and what the project lacks for it, as drafts; nothing of it is live by that. */
export function useSaveDrafts() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ connection, parts }: { connection: { id: string; text: string }; parts: Part[] }) => {
      for (const part of parts) await save(part.kind, part.id, part.text, part.path, false);
      await save('connection', connection.id, connection.text, `config/connections/${connection.id}.yaml`, true);
    },
    onSuccess: async (_, { connection }) => {
      client.removeQueries({ queryKey: ['definition', 'connection', connection.id, 'draft'] });
      await client.invalidateQueries({ queryKey: ['definitions'] });
    },
  });
}

/**
 * What was drafted before and since changed by hand stays, but for the connection, whose text is this page's. A file that the
 * project has already stays as well: files are in no list, so that only the hub's no tells.
 */
async function save(kind: string, id: string, text: string, path: string, over: boolean) {
  const known = await draftOf(kind, id);
  if (known && (!over || known.text === text)) return;
  const header = known ? { 'If-Match': `"${known.hash}"` } : { 'If-None-Match': '*' };
  try {
    await take(api.PUT('/api/v1/definitions/{kind}/{id}/draft', { params: { path: { kind, id }, header }, body: { text, path } }));
  } catch (error) {
    if (over || !(error instanceof ApiError) || error.status !== 412) throw error;
  }
}

/** The parts of a connector that stand as drafts of the caller's now: what publishing the connection brings along. */
export function useDraftedParts(parts: Part[]) {
  const me = useMe();
  return useQuery({
    queryKey: ['definitions', 'drafts', parts.map((part) => part.path)],
    queryFn: async () => {
      const { items } = await take(api.GET('/api/v1/drafts'));
      const mine = items.filter((draft) => draft.author === me.data?.name);
      return parts.filter((part) => mine.some((draft) => draft.kind === part.kind && draft.id === part.id));
    },
    enabled: me.data !== undefined,
  });
}
