import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { Loaded } from '../../app/states';
import { useT } from '../../i18n';
import { Button, Chip, Empty, Json, Time } from '../../ui';

/** Every version that was ever live, newest first, with its text. */
export function VersionsTab({ kind, id, versions }: { kind: string; id: string; versions: Schemas['VersionItem'][] }) {
  const t = useT();
  const [shown, setShown] = useState<string | null>(null);
  if (versions.length === 0) return <Empty title={t('versions.none')} />;
  return (
    <div className="stack">
      <div className="scroll" role="group" tabIndex={0} aria-label={t('definitions.versions')}>
        <table className="table">
          <caption className="hidden-text">{t('definitions.versions')}</caption>
          <thead>
            <tr>
              <th scope="col" className="number">
                {t('versions.number')}
              </th>
              <th scope="col">{t('versions.when')}</th>
              <th scope="col">{t('versions.author')}</th>
              <th scope="col">{t('publish.message')}</th>
              <th scope="col">{t('versions.releases')}</th>
              <th scope="col">
                <span className="hidden-text">{t('definitions.text')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
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
          </tbody>
        </table>
      </div>
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
