import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, type Schemas, take } from '../../api/client';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Chip, Empty, Sentence, Table } from '../../ui';

/** The secrets that connections name: where they are kept, who uses them, whether they are there. Never what they hold. */
export function SecretsSection() {
  const t = useT();
  const query = useQuery({
    queryKey: ['secrets'],
    queryFn: () => take(api.GET('/api/v1/secrets')),
    refetchInterval: 30_000,
  });
  return (
    <div className="stack">
      <p className="dim">{t('secrets.what')}</p>
      <Loaded query={query} lines={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('secrets.none')} why={t('secrets.none_why')} />
          ) : (
            <Table
              caption={t('settings.secrets')}
              heads={[t('secrets.place'), t('secrets.source'), t('documents.state'), t('secrets.used_by')]}
            >
              {items.map((item) => (
                <Row key={item.place} item={item} />
              ))}
            </Table>
          )
        }
      </Loaded>
      <p className="dim small">
        <Sentence text={t('secrets.own')} />
      </p>
    </div>
  );
}

function Row({ item }: { item: Schemas['SecretItem'] }) {
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
    </tr>
  );
}
