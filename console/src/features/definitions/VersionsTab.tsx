import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { problemOf } from '../../api/problem';
import { Loaded, useSentence } from '../../app/states';
import { useT } from '../../i18n';
import { Button, Card, Chip, Empty, Json, Select, Table, Time, toast } from '../../ui';
import { DiffView } from './DiffView';
import { EditBar } from './EditBar';
import { useEditing } from './editing';

type Version = Schemas['VersionItem'];

/** Every version that was ever live, newest first: its text, what differs between two, and a way back to any. */
export function VersionsTab({ kind, id, versions }: { kind: string; id: string; versions: Version[] }) {
  const t = useT();
  const { refused, setText } = useEditing();
  const client = useQueryClient();
  const sentence = useSentence();
  const [shown, setShown] = useState<string | null>(null);
  if (versions.length === 0) return <Empty title={t('versions.none')} />;
  const newest = [...versions].sort((a, b) => b.number - a.number);
  const takeUp = (version: Version) =>
    client.fetchQuery(textOf(kind, id, version.version)).then(
      ({ text }) => {
        setText(text);
        toast({ tone: 'info', text: t('versions.taken', { number: version.number }) });
      },
      (error) => toast({ tone: 'bad', text: sentence(problemOf(error)) }),
    );
  return (
    <div className="stack">
      <EditBar />
      <Table
        caption={t('definitions.versions')}
        heads={[
          { name: t('versions.number'), number: true },
          t('versions.when'),
          t('versions.author'),
          t('publish.message'),
          t('versions.releases'),
          { name: t('definitions.text'), hidden: true },
        ]}
      >
        {newest.map((version) => (
          <tr key={version.version}>
            <th scope="row" className="number">
              {version.number}
            </th>
            <td>
              <Time at={version.created_at} exact /> {version.live && <Chip tone="ok">{t('versions.live')}</Chip>}
            </td>
            <td>{version.author}</td>
            <td>{version.message}</td>
            <td>{[version.first_release, version.last_release].filter(Boolean).join(' – ')}</td>
            <td>
              <span className="row">
                <Button
                  size="small"
                  expanded={shown === version.version}
                  onPress={() => setShown(shown === version.version ? null : version.version)}
                >
                  {t('definitions.text')}
                </Button>
                {!version.live && (
                  <Button size="small" refused={refused} onPress={() => void takeUp(version)}>
                    {t('versions.take')}
                  </Button>
                )}
              </span>
            </td>
          </tr>
        ))}
      </Table>
      {shown && <Text kind={kind} id={id} version={shown} />}
      <Between kind={kind} id={id} versions={newest} />
    </div>
  );
}

function textOf(kind: string, id: string, version: string) {
  return {
    queryKey: ['definition', kind, id, 'text', version],
    queryFn: () => take(api.GET('/api/v1/definitions/{kind}/{id}/text', { params: { path: { kind, id }, query: { version } } })),
    staleTime: Number.POSITIVE_INFINITY,
  };
}

function Text({ kind, id, version }: { kind: string; id: string; version: string }) {
  const t = useT();
  const query = useQuery(textOf(kind, id, version));
  return <Loaded query={query}>{(found) => <Json value={found.text} label={t('definitions.text_of', { id })} />}</Loaded>;
}

/** What differs between two versions: the hub compares the releases that first held them. */
function Between({ kind, id, versions }: { kind: string; id: string; versions: Version[] }) {
  const t = useT();
  const released = versions.filter((version) => typeof version.first_release === 'number');
  const [from, setFrom] = useState(released[1]?.version ?? '');
  const [to, setTo] = useState(released[0]?.version ?? '');
  const release = (version: string) => released.find((each) => each.version === version)?.first_release ?? undefined;
  const query = useQuery({
    queryKey: ['releases', 'diff', release(from), release(to)],
    queryFn: () => take(api.GET('/api/v1/releases/diff', { params: { query: { from: release(from), to: release(to) } } })),
    staleTime: 60_000,
    enabled: released.length > 1,
  });
  if (released.length < 2) return null;
  const choices = released.map((version) => ({
    id: version.version,
    name: t('versions.named', { number: version.number, author: version.author }),
  }));
  return (
    <Card title={t('versions.compare')}>
      <div className="filters">
        <Select label={t('versions.from')} value={from} onChange={setFrom} choices={choices} />
        <Select label={t('versions.to')} value={to} onChange={setTo} choices={choices} />
      </div>
      <Loaded query={query} lines={4}>
        {({ definitions }) => <DiffView diff={{ definitions: definitions.filter((one) => one.kind === kind && one.id === id) }} />}
      </Loaded>
    </Card>
  );
}
