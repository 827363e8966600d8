import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { handOver } from '../../api/download';
import { useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { writeCsv } from '../../format/csv';
import { type Key, useLanguage, useT } from '../../i18n';
import { Button, Card, Cell, Empty, Table, TextField, Time, toast } from '../../ui';
import { apply } from '../../yamltext/edits';
import { EditBar } from '../definitions/EditBar';
import { EditingProvider, useEditing } from '../definitions/editing';
import { Findings } from '../definitions/Findings';
import { mergedAside } from './aside';
import { ImportSheet } from './ImportSheet';
import { known, tableOf } from './importing';
import { COLUMNS, type Column, NEEDED, type Row, read, type Tongue, withCell, withoutRow, withRow } from './rows';
import { TableRows } from './TableRows';

/** Rows that are drawn; a longer table is looked at through the filter. */
const SHOWN_MAX = 200;

/** A dictionary as a table over its text: each change is a small one of the text. */
export function RowsTab() {
  const t = useT();
  const { language } = useLanguage();
  const tongue: Tongue = language === 'en' ? 'en' : 'zh';
  const { id, path, text, setText, refused, findings } = useEditing();
  const [filter, setFilter] = useState('');
  const [importing, setImporting] = useState(false);
  // The row that was just added: its code is still to be written.
  const [fresh, setFresh] = useState<number | null>(null);
  const { rows, table } = useMemo(() => read(text, tongue), [text, tongue]);
  const whole = useMemo(() => (importing ? known(text) : []), [importing, text]);
  const wanted = filter.trim().toLowerCase();
  const found = rows.filter((row) => wanted === '' || `${row.from} ${row.to} ${row.name}`.toLowerCase().includes(wanted));
  const put = (next: string | null): boolean => {
    if (next === null) toast({ tone: 'warn', text: t('map.in_text') });
    else setText(next);
    return next !== null;
  };
  const add = (from: string) => {
    setFilter('');
    if (put(withRow(text, from, ''))) setFresh(rows.length);
  };
  if (table !== null)
    return (
      <EditingProvider key={table} kind="file" id={table} path={table}>
        <TableRows />
      </EditingProvider>
    );
  return (
    <div className="stack">
      <EditBar />
      <UnmappedCard id={id} has={(value) => rows.some((row) => row.from === value)} onAdd={refused === null ? add : null} />
      <div className="filters">
        <div className="field search">
          <TextField label={t('filters.q')} value={filter} onChange={setFilter} type="search" />
        </div>
        <Button refused={refused} onPress={() => add('')}>
          {t('dictionary.add')}
        </Button>
        <Button refused={refused} onPress={() => setImporting(true)}>
          {t('csv.import')}
        </Button>
        <Button icon="download" onPress={() => handOver(new Blob([writeCsv(tableOf(text))], { type: 'text/csv' }), `${id}.csv`)}>
          {t('csv.export')}
        </Button>
      </div>
      {found.length === 0 ? (
        <Empty title={t(rows.length === 0 ? 'dictionary.none' : 'documents.none_fit')} />
      ) : (
        <Rows
          rows={fresh === null ? found.slice(0, SHOWN_MAX) : shownWith(found, fresh)}
          fresh={fresh}
          readOnly={refused !== null}
          onCell={(index, column, value) => put(withCell(text, index, column, value, tongue))}
          onRemove={(index) => {
            setFresh(null);
            put(withoutRow(text, index));
          }}
        />
      )}
      {found.length > SHOWN_MAX && <p className="dim">{t('dictionary.cut', { shown: SHOWN_MAX, count: found.length })}</p>}
      <Findings
        findings={findings}
        here={path}
        text={refused === null ? text : undefined}
        onFix={(fix) => setText(apply(text, fix))}
      />
      {importing && (
        <ImportSheet
          rows={whole}
          merge={(plan, removing) => mergedAside({ table: false, text, plan, removing })}
          tongue={tongue}
          onPut={setText}
          onClose={() => setImporting(false)}
        />
      )}
    </div>
  );
}

/** The first ones, and the one that was just added wherever it stands. */
function shownWith(rows: Row[], fresh: number): Row[] {
  const first = rows.slice(0, SHOWN_MAX);
  const added = rows.find((row) => row.index === fresh);
  return added && !first.includes(added) ? [added, ...first] : first;
}

/** Values that documents brought and that have no row, each put in by one click. */
function UnmappedCard({
  id,
  has,
  onAdd,
}: {
  id: string;
  has: (value: string) => boolean;
  onAdd: ((value: string) => void) | null;
}) {
  const t = useT();
  const refusal = useRefusal();
  const refused = refusal('edit_drafts') ?? refusal('see_payloads');
  const query = useQuery({
    queryKey: ['unmapped', id],
    queryFn: () =>
      take(api.GET('/api/v1/dictionaries/{name}/unmapped', { params: { path: { name: id } } })) as Promise<Schemas['Unmapped']>,
    enabled: refused === null,
  });
  if (refused !== null) return <p className="dim small">{refused}</p>;
  return (
    <Loaded query={query} lines={2}>
      {({ items, untold, cut }) => {
        // A row that is written but not live yet still leaves its exceptions open.
        const missing = items.filter((item) => !has(item.value));
        if (missing.length === 0 && untold === 0) return <p className="dim small">{t('dictionary.all_mapped')}</p>;
        return (
          <Card title={t('dictionary.unmapped')}>
            {missing.length > 0 && (
              <ul className="stack tight">
                {missing.map((item) => (
                  <li key={item.value} className="row">
                    <code>{item.value}</code>
                    <Link to="/ops/dead-letters" search={{ tab: 'list', open: item.exception }}>
                      {t('dictionary.stopped', { count: item.count })}
                    </Link>
                    <span className="dim small">
                      {t('dictionary.since')} <Time at={item.oldest_at} />
                    </span>
                    {onAdd && (
                      <Button size="small" label={t('dictionary.add_of', { value: item.value })} onPress={() => onAdd(item.value)}>
                        {t('dictionary.add')}
                      </Button>
                    )}
                  </li>
                ))}
              </ul>
            )}
            {untold > 0 && <p className="dim small">{t('dictionary.untold', { count: untold })}</p>}
            {cut && <p className="dim small">{t('dictionary.more')}</p>}
          </Card>
        );
      }}
    </Loaded>
  );
}

function Rows({
  rows,
  fresh,
  readOnly,
  onCell,
  onRemove,
}: {
  rows: Row[];
  fresh: number | null;
  readOnly: boolean;
  onCell: (index: number, column: Column, value: string) => boolean;
  onRemove: (index: number) => void;
}) {
  const t = useT();
  return (
    <Table
      caption={t('dictionary.rows')}
      kind="cells"
      heads={[...COLUMNS.map((column) => t(`dictionary.${column}` as Key)), { name: t('dictionary.remove'), hidden: true }]}
    >
      {rows.map((row) => (
        <tr key={row.index}>
          {COLUMNS.map((column) => (
            <td key={column}>
              <Cell
                label={t('dictionary.cell', { column: t(`dictionary.${column}` as Key), from: row.from || '–' })}
                value={row[column]}
                readOnly={readOnly}
                needed={NEEDED.includes(column)}
                placeholder={column.startsWith('valid') ? '2026-01-31' : undefined}
                focus={row.index === fresh && column === (row.from === '' ? 'from' : 'to')}
                onPut={(value) => onCell(row.index, column, value)}
              />
            </td>
          ))}
          <td className="number">
            {!readOnly && (
              <Button
                kind="quiet"
                size="small"
                icon="cross"
                label={t('dictionary.remove_of', { from: row.from || '–' })}
                onPress={() => onRemove(row.index)}
              />
            )}
          </td>
        </tr>
      ))}
    </Table>
  );
}
