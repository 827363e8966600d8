import { useQueries, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import type { Action, OF_RESOURCE } from './actions';
import { canBeTried } from './gate';

/** Quiet before the hub is asked what would be sent. */
const TRY_AFTER_MS = 500;

/** The text once nobody types. */
function useQuiet(wanted: string): string {
  const [quiet, setQuiet] = useState(wanted);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(wanted), TRY_AFTER_MS);
    return () => clearTimeout(timer);
  }, [wanted]);
  return quiet;
}

/** What an action on an exception would do, looked at without being asked; nothing of it is done. */
export function useDryRun(exception: string, action: Action, tried: Record<string, unknown> | null, asking: boolean, on: boolean) {
  const wanted = JSON.stringify(tried);
  const quiet = useQuiet(wanted);
  const enabled = on && tried !== null && quiet === wanted;
  const query = useQuery({
    queryKey: ['dry-run', exception, action, quiet, asking],
    queryFn: () => tryOut(exception, { ...JSON.parse(quiet), action, ask_partners: asking }),
    enabled,
    staleTime: 0,
    gcTime: 0,
  });
  const isAsking = on && tried !== null && (quiet !== wanted || query.isFetching);
  return { preview: enabled ? query.data : undefined, isAsking, error: enabled ? query.error : null, again: query.refetch };
}

function tryOut(id: string, body: Record<string, unknown>) {
  return take(
    api.POST('/api/v1/exceptions/{id}/dry-run', { params: { path: { id } }, body: body as unknown as Schemas['DryRun'] }),
  );
}

interface Sampled {
  id: string;
  name: string;
  systems: string[];
  /** What is stopped of it. */
  exceptions: string[];
}

/** More stopped at once of one document are not looked at beforehand. */
const EXCEPTIONS_MAX = 5;
/** Nor more than these of all that is shown. */
const RUNS_MAX = 20;

/** The first of many: what they are called, and what the action would do with each. */
export function useSample(
  resource: keyof typeof OF_RESOURCE,
  ids: string[],
  action: Action,
  tried: Record<string, unknown> | null,
) {
  const things = useQueries({
    queries: ids.map((id) => ({ queryKey: ['sample', resource, id], queryFn: () => sampled(resource, id), gcTime: 0 })),
  });
  const found = things.flatMap((query) => query.data ?? []);
  const exceptions = found.flatMap((thing) => thing.exceptions).slice(0, RUNS_MAX);
  const wanted = JSON.stringify(tried);
  const isQuiet = useQuiet(wanted) === wanted;
  const runs = useQueries({
    queries: exceptions.map((exception) => ({
      queryKey: ['dry-run', exception, action, wanted, false],
      queryFn: () => tryOut(exception, { ...tried, action }),
      enabled: isQuiet && tried !== null && canBeTried(action),
      gcTime: 0,
    })),
  });
  return {
    things: found.map((thing) => ({
      ...thing,
      previews: thing.exceptions.flatMap((exception) => runs[exceptions.indexOf(exception)]?.data ?? []),
    })),
    previews: runs.flatMap((run) => run.data ?? []),
    isAsking: things.some((query) => query.isPending) || !isQuiet || runs.some((run) => run.isFetching),
    error: things.find((query) => query.error)?.error ?? runs.find((run) => run.error)?.error ?? null,
  };
}

async function sampled(resource: keyof typeof OF_RESOURCE, id: string): Promise<Sampled> {
  const params = { path: { id } };
  if (resource === 'exceptions') {
    const found = await take(api.GET('/api/v1/exceptions/{id}', { params }));
    return { id, name: found.document_key ?? found.code, systems: known([found.connection]), exceptions: [id] };
  }
  if (resource === 'messages') {
    const found = await take(api.GET('/api/v1/messages/{id}', { params }));
    return { id, name: found.external_id ?? found.message_id, systems: known([found.connection]), exceptions: [] };
  }
  const [found, stopped] = await Promise.all([
    take(api.GET('/api/v1/documents/{id}', { params })),
    take(api.GET('/api/v1/exceptions', { params: { query: { document: id, state: 'open', limit: EXCEPTIONS_MAX } } })),
  ]);
  return {
    id,
    name: found.key,
    systems: known(stopped.items.map((item) => item.connection)),
    exceptions: stopped.items.map((item) => item.id),
  };
}

function known(names: (string | null | undefined)[]): string[] {
  return [...new Set(names.filter((name): name is string => !!name))];
}
