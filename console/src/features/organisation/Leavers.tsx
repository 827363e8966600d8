import { Link } from '@tanstack/react-router';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { Chip, Empty, Table, Time } from '../../ui';

/** Who has left, and what became of their tasks. */
export function Leavers({ leavers }: { leavers: Schemas['LeaverItem'][] }) {
  const t = useT();
  if (leavers.length === 0) return <Empty title={t('leavers.none')} why={t('leavers.none_why')} />;
  return (
    <div className="stack">
      <p className="dim">{t('leavers.what')}</p>
      <Table
        caption={t('organisation.leavers', { count: leavers.length })}
        heads={[
          t('leavers.who'),
          t('leavers.at'),
          t('leavers.of'),
          { name: t('leavers.handed_on'), number: true },
          { name: t('leavers.open'), number: true },
        ]}
      >
        {leavers.map((leaver) => (
          <tr key={leaver.person}>
            <th scope="row">
              {leaver.name} {leaver.name !== leaver.person && <code className="dim small">{leaver.person}</code>}
            </th>
            <td>{leaver.left_at ? <Time at={leaver.left_at} /> : <span className="dim">{t('leavers.unknown')}</span>}</td>
            <td>{leaver.left_of ?? <span className="dim">{t('leavers.unknown')}</span>}</td>
            <td className="number">{leaver.handed_on ?? <span className="dim">{t('leavers.unknown')}</span>}</td>
            <td className="number">
              {leaver.open > 0 ? (
                <span className="row tight end">
                  <Chip tone="bad" icon="alert">
                    {leaver.open}
                  </Chip>
                  <Link to="/ops/dead-letters" search={{ tab: 'list', code: 'nobody_to_ask' }}>
                    {t('leavers.stuck')}
                  </Link>
                </span>
              ) : (
                0
              )}
            </td>
          </tr>
        ))}
      </Table>
    </div>
  );
}
