import { useMemo, useState } from 'react';
import { handOver } from '../../api/download';
import { type Key, useLanguage, useT } from '../../i18n';
import { Banner, Button, Empty, Table, TextField } from '../../ui';
import { EditBar } from '../definitions/EditBar';
import { useEditing } from '../definitions/editing';
import { Findings } from '../definitions/Findings';
import { mergedAside } from './aside';
import { ImportSheet } from './ImportSheet';
import { TABLE_ROWS_MAX } from './importing';
import { COLUMNS } from './rows';
import { knownIn } from './table';

/** Rows that are drawn; a longer table is looked at through the filter. */
const SHOWN_MAX = 200;

/** The rows of a dictionary that stand in a CSV file of the project: looked at here, and changed by another file. */
export function TableRows() {
  const t = useT();
  const { language } = useLanguage();
  const { id, path, text, setText, refused, findings } = useEditing();
  const [filter, setFilter] = useState('');
  const [importing, setImporting] = useState(false);
  const rows = useMemo(() => knownIn(text), [text]);
  const wanted = filter.trim().toLowerCase();
  const found = rows.filter(({ values }) => Object.values(values).join(' ').toLowerCase().includes(wanted));
  return (
    <div className="stack">
      <EditBar />
      <Banner>{t('dictionary.in_table', { file: id })}</Banner>
      <div className="filters">
        <div className="field search">
          <TextField label={t('filters.q')} value={filter} onChange={setFilter} type="search" />
        </div>
        <Button refused={refused} onPress={() => setImporting(true)}>
          {t('csv.import')}
        </Button>
        <Button icon="download" onPress={() => handOver(new Blob([text], { type: 'text/csv' }), id.slice(id.lastIndexOf('/') + 1))}>
          {t('csv.export')}
        </Button>
      </div>
      {found.length === 0 ? (
        <Empty title={t(rows.length === 0 ? 'dictionary.none' : 'documents.none_fit')} />
      ) : (
        <Table caption={t('dictionary.rows')} heads={COLUMNS.map((column) => t(`dictionary.${column}` as Key))}>
          {found.slice(0, SHOWN_MAX).map(({ index, values }) => (
            <tr key={index}>
              {COLUMNS.map((column) => (
                <td key={column} className={column === 'name' ? undefined : 'mono'}>
                  {values[column]}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      )}
      {found.length > SHOWN_MAX && <p className="dim">{t('dictionary.cut', { shown: SHOWN_MAX, count: found.length })}</p>}
      <Findings findings={findings} here={path} />
      {importing && (
        <ImportSheet
          rows={rows}
          most={TABLE_ROWS_MAX}
          merge={(plan, removing) => mergedAside({ table: true, text, plan, removing })}
          tongue={language === 'en' ? 'en' : 'zh'}
          onPut={setText}
          onClose={() => setImporting(false)}
        />
      )}
    </div>
  );
}
