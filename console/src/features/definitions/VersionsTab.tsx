import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { Loaded } from '../../app/states';
import { useT } from '../../i18n';
import { Button, Chip, Empty, Json, Table, Time } from '../../ui';

/** Every version that was ever live, newest first, with its text. */
export function VersionsTab({ kind, id, versions }: { kind: string; id: string; versions: Schemas['VersionItem'][] }) {
  const t = useT();
  const [shown, setShown] = useState<string | null>(null);
  if (versions.length === 0) return <Empty title={t('versions.none')} />;
  return (
    <div className="stack">
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
        {[...versions]
          .sort((a, b) => b.number - a.number)
          .map((version) => (
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
                <Button
                  size="small"
                  expanded={shown === version.version}
                  onPress={() => setShown(shown === version.version ? null : version.version)}
                >
                  {t('definitions.text')}
                </Button>
              </td>
            </tr>
          ))}
      </Table>
      {shown && <Text kind={kind} id={id} version={shown} />}
    </div>
  );
}

function Text({ kind, id, version }: { kind: string; id: string; version: string }) {
  const t = useT();
  const query = useQuery({
    queryKey: ['definition', kind, id, 'text', version],
    queryFn: () => take(api.GET('/api/v1/definitions/{kind}/{id}/text', { params: { path: { kind, id }, query: { version } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return <Loaded query={query}>{(found) => <Json value={found.text} label={t('definitions.text_of', { id })} />}</Loaded>;
}
