import { useQueries, useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '../../api/client';
import { ApiError } from '../../api/problem';
import { useT } from '../../i18n';

/** Files of tests and samples that one person is working on at once. */
const FILES_MAX = 50;

/** The files that are live, by path: tests and samples stand in no list of definitions. */
export function useLiveFiles() {
  const live = useQuery({
    queryKey: ['releases', 'files'],
    queryFn: () => take(api.GET('/api/v1/releases/{number}/files', { params: { path: { number: 'live' } } })),
    staleTime: 60_000,
  });
  const files: Record<string, string> = {};
  for (const file of live.data?.files ?? []) files[file.path] = file.text;
  return files;
}

/** The caller's drafts of tests and samples, by path: a run goes by them, not by what is live. */
export function useMyFiles(enabled: boolean) {
  const drafts = useQuery({ queryKey: ['drafts'], queryFn: () => take(api.GET('/api/v1/drafts')), enabled });
  const mine = (drafts.data?.items ?? []).filter(({ kind }) => kind === 'file' || kind === 'test').slice(0, FILES_MAX);
  const texts = useQueries({
    queries: mine.map(({ kind, id, hash }) => ({
      queryKey: ['definition', kind, id, 'draft at', hash],
      queryFn: () => take(api.GET('/api/v1/definitions/{kind}/{id}/draft', { params: { path: { kind, id } } })),
    })),
  });
  const ready = (!enabled || drafts.isSuccess || drafts.isError) && texts.every((one) => one.isSuccess || one.isError);
  const files: Record<string, string | null> = {};
  for (const one of texts) if (one.data) files[one.data.path] = one.data.text ?? null;
  return { ready, files, mine };
}

export interface Ran {
  cases: Schemas['CaseView'][];
  findings: Schemas['Finding'][];
}

/**
 * Runs every case of the project with a text in place of what is live; nothing is published. A run is a line of the audit, so it is
 * asked for by a person, and from then on after each save.
 */
export function useRun(path: string, files: Record<string, string | null>, text: string | null) {
  const t = useT();
  const changed = { ...files, [path]: text };
  return useQuery({
    queryKey: ['cases', changed],
    queryFn: async (): Promise<Ran> => {
      try {
        const look = await take(
          api.POST('/api/v1/releases', { body: { message: t('publish.look'), files: changed, dry_run: true } }),
        );
        return { cases: look.cases, findings: look.findings };
      } catch (error) {
        if (!(error instanceof ApiError) || !(error.problem.cases || error.problem.findings)) throw error;
        return { cases: error.problem.cases ?? [], findings: error.problem.findings ?? [] };
      }
    },
    enabled: text !== null,
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** Keeps a new file as a draft; what stands there already is not written over. */
export async function keepNew(kind: 'file' | 'test', path: string, text: string): Promise<void> {
  await take(
    api.PUT('/api/v1/definitions/{kind}/{id}/draft', {
      params: { path: { kind, id: path }, header: { 'If-None-Match': '*' } },
      body: { text },
    }),
  );
}
