import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { AskSheet } from '../../app/AskSheet';
import { useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Button, Chip, Empty, Sentence, Table, Time } from '../../ui';
import { SetSecretSheet } from './SetSecretSheet';

/** The secrets that connections name: where they are kept, who uses them, whether they are there. Never what they hold. */
export function SecretsSection() {
  const t = useT();
  const refused = useRefusal()('manage_secrets');
  const [setting, setSetting] = useState<{ name?: string; version?: number } | null>(null);
  const [removing, setRemoving] = useState<{ name: string; version?: number } | null>(null);
  const query = useQuery({
    queryKey: ['secrets'],
    queryFn: () => take(api.GET('/api/v1/secrets')),
    refetchInterval: 30_000,
  });
  return (
    <div className="stack">
      <p className="dim">{t('secrets.what')}</p>
      <div className="row">
        <Button kind="primary" refused={refused} onPress={() => setSetting({})}>
          {t('secrets.set')}
        </Button>
      </div>
      <Loaded query={query} lines={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('secrets.none')} why={t('secrets.none_why')} />
          ) : (
            <Table
              caption={t('settings.secrets')}
              heads={[t('secrets.place'), t('secrets.source'), t('documents.state'), t('secrets.used_by'), t('secrets.kept')]}
            >
              {items.map((item) => (
                <Row
                  key={item.place}
                  item={item}
                  refused={refused}
                  onSet={(name) => setSetting({ name, version: item.kept?.version })}
                  onRemove={(name) => setRemoving({ name, version: item.kept?.version })}
                />
              ))}
            </Table>
          )
        }
      </Loaded>
      <p className="dim small">
        <Sentence text={t('secrets.own')} />
      </p>
      {setting && <SetSecretSheet {...setting} onClose={() => setSetting(null)} />}
      {removing && <Remove {...removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}

function Remove({ name, version, onClose }: { name: string; version?: number; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => {
      // What is removed is the value that the list showed, not one that somebody has set since.
      const header = { 'If-Match': version === undefined ? '*' : `"${version}"` };
      return take(api.DELETE('/api/v1/secrets/{name}', { params: { path: { name }, header } }));
    },
    onSuccess: () => {
      onClose();
      return client.invalidateQueries({ queryKey: ['secrets'] });
    },
  });
  return (
    <AskSheet title={t('secrets.remove')} act={t('secrets.remove')} kind="danger" ask={remove} onClose={onClose}>
      <p>{t('secrets.remove_what', { name })}</p>
    </AskSheet>
  );
}

function Row({
  item,
  refused,
  onSet,
  onRemove,
}: {
  item: Schemas['SecretItem'];
  refused: string | null;
  onSet: (name: string) => void;
  onRemove: (name: string) => void;
}) {
  const name = item.place.replace(/^store\//, '');
  const t = useT();
  const word = useWord();
  return (
    <tr>
      <th scope="row">
        <code className="wrap">{item.place}</code>
      </th>
      <td>{word('secret_source', item.source)}</td>
      <td>
        <Chip tone={item.found ? 'ok' : 'bad'} icon={item.found ? 'check' : 'alert'}>
          {t(item.found ? 'secrets.found' : 'secrets.missing')}
        </Chip>
        {item.problem && (
          <div className="dim small wrap" lang="en">
            {item.problem}
          </div>
        )}
      </td>
      <td>
        {item.used_by.map((use) => (
          <div key={`${use.connection}-${use.setting}`}>
            <Link to="/connections/$connection" params={{ connection: use.connection }} search={{ tab: 'setup' }}>
              {use.connection}
            </Link>{' '}
            <code className="dim small">{use.setting}</code>
          </div>
        ))}
      </td>
      <td>
        {item.source === 'store' && (
          <div className="stack tight">
            {item.kept && (
              <span className="small">
                {t('secrets.version', { version: item.kept.version })} · {word('secret_state', item.kept.state)}
                {item.kept.expires_at && (
                  <>
                    {' · '}
                    <Time at={item.kept.expires_at} exact />
                  </>
                )}
              </span>
            )}
            <span className="row">
              <Button size="small" refused={refused} onPress={() => onSet(name)}>
                {t('secrets.set')}
              </Button>
              {item.kept && item.used_by.length === 0 && (
                <Button size="small" kind="danger" refused={refused} onPress={() => onRemove(name)}>
                  {t('secrets.remove')}
                </Button>
              )}
            </span>
          </div>
        )}
      </td>
    </tr>
  );
}
