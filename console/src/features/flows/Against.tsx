import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { flowRoute } from '../../app/router';
import { useT } from '../../i18n';
import { Select } from '../../ui';
import { useDefinition } from '../definitions/use';
import { type Changed, changes, notDrawn, pairOf, together, type Visited, versionAt, visited } from './marks';
import { type Model, read } from './model';

function useVersionText(flow: string, version: string | undefined) {
  return useQuery({
    queryKey: ['definition', 'flow', flow, 'text', version],
    queryFn: () =>
      take(
        api.GET('/api/v1/definitions/{kind}/{id}/text', {
          params: { path: { kind: 'flow', id: flow }, query: { version } },
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: version !== undefined,
  });
}

/** One instance on the picture of the version that was live when it began. */
export function useInstance(flow: string, instance: string | undefined) {
  const path = useQuery({
    queryKey: ['instance', instance, 'path'],
    queryFn: () => take(api.GET('/api/v1/instances/{id}/path', { params: { path: { id: instance ?? '' } } })),
    enabled: instance !== undefined,
  });
  const { data: detail } = useDefinition('flow', flow);
  const began = path.data?.instance.started_at;
  const version = detail && began ? versionAt(detail.versions, began) : undefined;
  const text = useVersionText(flow, version?.version);
  const model = useMemo(() => (text.data ? read(text.data.text) : null), [text.data]);
  const marks = useMemo(() => (path.data ? visited(path.data.visits) : new Map<string, Visited>()), [path.data]);
  return { item: path.data?.instance ?? null, version, model, marks, error: path.error ?? text.error };
}

export interface Difference {
  /** Versions that were published, the newest first. */
  versions: Schemas['VersionItem'][];
  pair: [number, number] | null;
  model: Model | null;
  marks: Map<string, Changed>;
  error: unknown;
}

/** Two versions on one picture, with what the hub says differs between them. */
export function useDifference(flow: string, enabled: boolean): Difference {
  const { diff } = flowRoute.useSearch();
  const { data: detail } = useDefinition('flow', flow);
  const versions = useMemo(
    () =>
      [...(detail?.versions ?? [])].filter((each) => typeof each.first_release === 'number').sort((a, b) => b.number - a.number),
    [detail],
  );
  const [newest, before] = versions;
  const asked = pairOf(
    diff,
    versions.map((each) => each.number),
  );
  const pair: [number, number] | null = asked ?? (newest && before ? [before.number, newest.number] : null);
  const version = (index: 0 | 1) => (enabled && pair ? versions.find((each) => each.number === pair[index]) : undefined);
  const [from, to] = [version(0), version(1)];
  const [old, now] = [useVersionText(flow, from?.version), useVersionText(flow, to?.version)];
  const parts = useQuery({
    queryKey: ['releases', 'diff', from?.first_release, to?.first_release],
    queryFn: () =>
      take(
        api.GET('/api/v1/releases/diff', {
          params: { query: { from: from?.first_release ?? undefined, to: to?.first_release ?? undefined } },
        }),
      ),
    staleTime: 60_000,
    enabled: from !== undefined && to !== undefined,
  });
  const model = useMemo(() => {
    if (!old.data || !now.data) return null;
    const after = read(now.data.text);
    return { ...after, steps: together(read(old.data.text).steps, after.steps) };
  }, [old.data, now.data]);
  const marks = useMemo(() => {
    const own = parts.data?.definitions.find((each) => each.kind === 'flow' && each.id === flow);
    return changes(own?.parts ?? []);
  }, [parts.data, flow]);
  return { versions, pair, model, marks, error: old.error ?? now.error ?? parts.error };
}

/** Which two versions are compared. */
export function Pair({ difference, onChoose }: { difference: Difference; onChoose: (pair: string) => void }) {
  const t = useT();
  const { versions, pair, marks, model } = difference;
  if (!pair) return <p className="dim">{t('flows.one_version')}</p>;
  const choices = versions.map((version) => ({
    id: String(version.number),
    name: t('versions.named', { number: version.number, author: version.author }),
  }));
  return (
    <>
      <Select
        label={t('versions.from')}
        value={String(pair[0])}
        onChange={(from) => onChoose(`${from}..${pair[1]}`)}
        choices={choices}
      />
      <Select label={t('versions.to')} value={String(pair[1])} onChange={(to) => onChoose(`${pair[0]}..${to}`)} choices={choices} />
      {model && (
        <span className="dim small">{t('flows.steps_differ', { count: marks.size - notDrawn(model.steps, marks).length })}</span>
      )}
    </>
  );
}
