import { useMemo, useState } from 'react';
import { Loaded } from '../../app/states';
import { type Key, useLanguage, useT } from '../../i18n';
import { Banner, Card, Cell, Checkbox, Empty, Select, Table, TextField, toast } from '../../ui';
import { apply } from '../../yamltext/edits';
import { EditBar } from '../definitions/EditBar';
import { EditingProvider, useEditing } from '../definitions/editing';
import { Findings } from '../definitions/Findings';
import { titleOf } from '../definitions/titles';
import { type Directory, MANNERS, type Manner, type Person, read, withCalendar, withLinks, withManner } from './directory';
import { useChannelNames, useKind } from './use';

/** Rows that are drawn; others are found by the filter. */
const SHOWN_MAX = 200;

/** By which ways and when people are told: for everybody, and for each who wants it otherwise. */
export function PeopleTab() {
  const t = useT();
  const { query, found } = useKind('directory');
  const [chosen, choose] = useState('');
  const { language } = useLanguage();
  return (
    <Loaded query={query} lines={8}>
      {() => {
        const one = found.find(({ item }) => item.id === chosen) ?? found[0];
        if (!one) return <Empty title={t('manners.none')} why={t('manners.none_why')} />;
        return (
          <div className="stack">
            {found.length > 1 && (
              <div className="filters">
                <Select
                  label={t('kind.directory')}
                  value={one.item.id}
                  onChange={choose}
                  choices={found.map(({ item }) => ({ id: item.id, name: titleOf(item, language) }))}
                />
              </div>
            )}
            <EditingProvider key={one.item.id} kind="directory" id={one.item.id} path={one.item.path}>
              <Manners />
            </EditingProvider>
          </div>
        );
      }}
    </Loaded>
  );
}

function Manners() {
  const t = useT();
  const { text, setText, path, refused, findings } = useEditing();
  const directory = useMemo(() => read(text), [text]);
  const put = (next: string | null): boolean => {
    if (next === null) toast({ tone: 'warn', text: t('map.in_text') });
    else setText(next);
    return next !== null;
  };
  return (
    <div className="stack">
      <EditBar />
      <Everybody directory={directory} readOnly={refused !== null} put={put} text={text} />
      {directory.table !== null ? (
        <Banner>{t('manners.in_table', { file: directory.table })}</Banner>
      ) : (
        <Each
          directory={directory}
          readOnly={refused !== null}
          onPut={(row, manner, value) => put(withManner(text, row, manner, value))}
        />
      )}
      <Findings
        findings={findings}
        here={path}
        text={refused === null ? text : undefined}
        onFix={(fix) => setText(apply(text, fix))}
      />
    </div>
  );
}

const LANGUAGES = ['zh', 'en'] as const;

function Everybody({
  directory,
  readOnly,
  put,
  text,
}: {
  directory: Directory;
  readOnly: boolean;
  put: (text: string | null) => boolean;
  text: string;
}) {
  const t = useT();
  const calendars = useKind('calendar').found;
  const channels = useChannelNames();
  const field = (manner: Manner, hint: string) => (
    <div className="field">
      <span className="label" aria-hidden="true">
        {t(`manners.${manner}` as Key)}
      </span>
      <Cell
        label={t(`manners.${manner}` as Key)}
        value={directory.manners[manner]}
        readOnly={readOnly}
        onPut={(value) => put(withManner(text, null, manner, value))}
      />
      <span className="hint">{hint}</span>
    </div>
  );
  return (
    <Card title={t('manners.everybody')}>
      <div className="fields">
        {field('channels', t('manners.channels_hint', { names: channels.join(', ') }))}
        {field('quiet', t('manners.quiet_hint'))}
        {field('digest', t('manners.digest_hint'))}
        {field('zone', t('manners.zone_hint'))}
        {readOnly ? (
          field('language', '')
        ) : (
          <Select
            label={t('manners.language')}
            value={directory.manners.language}
            onChange={(value) => put(withManner(text, null, 'language', value))}
            choices={[{ id: '', name: t('manners.unsaid') }, ...LANGUAGES.map((id) => ({ id, name: t(`manners.in_${id}`) }))]}
          />
        )}
        <Select
          label={t('manners.calendar')}
          value={directory.calendar}
          onChange={(value) => !readOnly && put(withCalendar(text, value))}
          choices={[{ id: '', name: t('manners.no_calendar') }, ...calendars.map(({ item }) => ({ id: item.id, name: item.id }))]}
        />
        <div className="field">
          <span className="label" aria-hidden="true">
            {t('manners.links')}
          </span>
          <Cell
            label={t('manners.links')}
            value={directory.lasts}
            readOnly={readOnly}
            onPut={(value) => put(withLinks(text, value, directory.signIn))}
          />
          <span className="hint">{t('manners.links_hint')}</span>
          {directory.lasts !== '' && (
            <Checkbox
              checked={directory.signIn}
              disabled={readOnly}
              onChange={(signIn) => put(withLinks(text, directory.lasts, signIn))}
            >
              {t('manners.links_sign_in')}
            </Checkbox>
          )}
        </div>
      </div>
    </Card>
  );
}

function Each({
  directory: { people, manners },
  readOnly,
  onPut,
}: {
  directory: Directory;
  readOnly: boolean;
  onPut: (row: number, manner: Manner, value: string) => boolean;
}) {
  const t = useT();
  const [filter, setFilter] = useState('');
  const wanted = filter.trim().toLowerCase();
  const found = people.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(wanted));
  return (
    <Card title={t('manners.each')}>
      <p className="dim">{t('manners.each_what')}</p>
      <div className="filters">
        <div className="field search">
          <TextField label={t('filters.q')} value={filter} onChange={setFilter} type="search" />
        </div>
      </div>
      {found.length === 0 ? (
        <Empty title={t('documents.none_fit')} />
      ) : (
        <Table
          caption={t('manners.each')}
          kind="cells inherits"
          heads={[t('people.person'), ...MANNERS.map((manner) => t(`manners.${manner}` as Key))]}
        >
          {found.slice(0, SHOWN_MAX).map((person) => (
            <Row
              key={person.index}
              person={person}
              of={manners}
              readOnly={readOnly}
              onPut={(manner, value) => onPut(person.index, manner, value)}
            />
          ))}
        </Table>
      )}
      {found.length > SHOWN_MAX && <p className="dim">{t('dictionary.cut', { shown: SHOWN_MAX, count: found.length })}</p>}
    </Card>
  );
}

function Row({
  person,
  of,
  readOnly,
  onPut,
}: {
  person: Person;
  of: Directory['manners'];
  readOnly: boolean;
  onPut: (manner: Manner, value: string) => boolean;
}) {
  const t = useT();
  return (
    <tr>
      <th scope="row">
        {person.name} {person.name !== person.id && <code className="dim small">{person.id}</code>}
      </th>
      {MANNERS.map((manner) => (
        <td key={manner}>
          <Cell
            label={t('manners.of', { manner: t(`manners.${manner}` as Key), name: person.name })}
            value={person.manners[manner]}
            readOnly={readOnly}
            // What holds where a person says nothing.
            placeholder={of[manner] || (manner === 'channels' ? 'log' : '–')}
            onPut={(value) => onPut(manner, value)}
          />
        </td>
      ))}
    </tr>
  );
}
