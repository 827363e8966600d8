import { useQuery } from '@tanstack/react-query';
import { api, take } from '../../api/client';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Chip, Icon, Table } from '../../ui';

/** The rights there are, the ones that many have first. */
export const PERMISSIONS = [
  'read',
  'start',
  'decide',
  'payloads',
  'operate',
  'amend',
  'edit',
  'publish',
  'audit',
  'users',
  'secrets',
  'metrics',
] as const;

/** Each role with what it may: a table of yes and no. */
export function RolesSection() {
  const t = useT();
  const word = useWord();
  const query = useQuery({ queryKey: ['roles'], queryFn: () => take(api.GET('/api/v1/roles')), staleTime: 300_000 });
  return (
    <div className="stack">
      <p className="dim">{t('roles.what')}</p>
      <Loaded query={query} lines={8}>
        {({ items }) => (
          <Table
            caption={t('roles.matrix')}
            kind="matrix"
            heads={[
              t('roles.role'),
              ...PERMISSIONS.map((right) => ({ name: word('permission', right), what: word('permission_what', right) })),
            ]}
          >
            {items.map((item) => (
              <tr key={item.role}>
                <th scope="row">
                  {word('role', item.role)} {item.own && <Chip>{t('roles.own')}</Chip>}
                  {!item.own && <div className="dim small">{word('role_what', item.role)}</div>}
                </th>
                {PERMISSIONS.map((right) => (
                  <td key={right} className={item.permissions.includes(right) ? 'yes' : ''}>
                    {item.permissions.includes(right) ? (
                      <>
                        <Icon name="check" />
                        <span className="hidden-text">{t('roles.yes')}</span>
                      </>
                    ) : (
                      <span className="hidden-text">{t('roles.no')}</span>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </Table>
        )}
      </Loaded>
      <h2>{t('roles.rights')}</h2>
      <dl className="facts">
        {PERMISSIONS.map((right) => (
          <div key={right} style={{ display: 'contents' }}>
            <dt>{word('permission', right)}</dt>
            <dd>{word('permission_what', right)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
