import { Link } from '@tanstack/react-router';
import { parseDocument } from 'yaml';
import { Loaded } from '../../app/states';
import { useLanguage, useT } from '../../i18n';
import { Table } from '../../ui';
import { titleOf } from '../definitions/titles';
import { named, read } from './directory';
import { BUILT_IN, useAddress, useKind } from './use';

/** The ways by which notices reach people, with who reads each and what uses it. */
export function ChannelsTab() {
  const t = useT();
  const { language } = useLanguage();
  const { query, found } = useKind('channel');
  const readers = useReaders();
  return (
    <div className="stack">
      <p className="dim">{t('channels.what')}</p>
      <Loaded query={query} lines={5}>
        {() => (
          <Table
            caption={t('notices.channels')}
            heads={[t('channels.channel'), t('channels.how'), t('channels.to'), t('channels.readers'), t('definitions.used_by')]}
          >
            {BUILT_IN.map((id) => (
              <tr key={id}>
                <th scope="row">
                  <code>{id}</code>
                </th>
                <td>{t(`channels.${id}` as 'channels.log')}</td>
                <td>{t('channels.each')}</td>
                <td>
                  <Readers count={readers(id)} />
                </td>
                <td>–</td>
              </tr>
            ))}
            {found.map(({ item, text }) => {
              const { operation, map, group } = channelOf(text ?? '');
              return (
                <tr key={item.id}>
                  <th scope="row">
                    <Link to="/definitions/$kind/$id" params={{ kind: 'channel', id: item.id }}>
                      {titleOf(item, language)}
                    </Link>
                    <div>
                      <code className="dim small">{item.id}</code>
                    </div>
                  </th>
                  <td>
                    <code>{operation}</code>
                    {map && (
                      <div className="small">
                        <Link to="/definitions/$kind/$id" params={{ kind: 'mapping', id: map }}>
                          {map}
                        </Link>
                      </div>
                    )}
                  </td>
                  <td>{t(group ? 'channels.group' : 'channels.each')}</td>
                  <td>
                    <Readers count={readers(item.id)} />
                  </td>
                  <td className="wrap">{item.used_by.map((other) => other.id).join(', ') || '–'}</td>
                </tr>
              );
            })}
          </Table>
        )}
      </Loaded>
      <p className="dim small">{t('channels.more')}</p>
    </div>
  );
}

function Readers({ count }: { count: number | null }) {
  const t = useT();
  const { go } = useAddress();
  if (count === null) return '–';
  if (count === 0) return t('channels.no_reader');
  return (
    <button type="button" className="linklike" onClick={() => go({ part: 'people' })}>
      {t('channels.count', { count })}
    </button>
  );
}

/** How many people of the directories have a channel; null where they stand in a table that is not read here. */
function useReaders(): (channel: string) => number | null {
  const { found } = useKind('directory');
  const directories = found.map(({ text }) => read(text ?? ''));
  return (channel) => {
    if (directories.length === 0 || directories.some(({ table }) => table !== null)) return null;
    return directories.reduce((sum, { people, manners }) => {
      const has = (own: string) => {
        const names = named(own || manners.channels);
        return names.length === 0 ? channel === 'log' : names.includes(channel);
      };
      return sum + people.filter((person) => has(person.manners.channels)).length;
    }, 0);
  };
}

function channelOf(text: string): { operation: string; map: string; group: boolean } {
  const document = parseDocument(text);
  return {
    operation: String(document.get('operation') ?? ''),
    map: String(document.get('map') ?? ''),
    group: document.get('to') === 'group',
  };
}
