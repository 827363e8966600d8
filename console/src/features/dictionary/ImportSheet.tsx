import { useMutation } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { ProblemView } from '../../app/states';
import { type CsvRead, decoded, ENCODINGS, type Encoding, readCsv } from '../../format/csv';
import { bytes } from '../../format/time';
import { type Key, useT } from '../../i18n';
import { Banner, Button, Checkbox, Chip, FileButton, Select, Sheet, Table, type Tone, toast } from '../../ui';
import { type Field, type Known, type Plan, plan } from './importing';
import type { Tongue } from './rows';

/** Larger than any table of rows that a text may have. */
const FILE_BYTES_MAX = 5 * 1024 * 1024;
/** Lines of one kind that are drawn. */
const SHOWN_MAX = 100;

/** A CSV file against the rows of the text: first what it would do, line by line, then a change of the text like any other. */
export function ImportSheet({
  rows,
  most,
  merge,
  tongue,
  onPut,
  onClose,
}: {
  rows: Known[];
  /** Rows that are read; the text's own bound where it is left out. */
  most?: number;
  /** The text with what is agreed to; null where only the text itself can be changed so. */
  merge: (plan: Plan, removing: boolean) => Promise<string | null>;
  tongue: Tongue;
  onPut: (text: string) => void;
  onClose: () => void;
}) {
  const t = useT();
  const titles = useTitles();
  const [file, setFile] = useState<{ name: string; content: Uint8Array; csv: CsvRead; encoding: Encoding } | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  const [removing, setRemoving] = useState(false);
  const take = async (chosen: File) => {
    setFile(null);
    setLeaving(false);
    setRemoving(false);
    if (chosen.size > FILE_BYTES_MAX) return setFault(t('csv.too_large', { most: bytes(FILE_BYTES_MAX) }));
    look(chosen.name, new Uint8Array(await chosen.arrayBuffer()));
  };
  const look = (name: string, content: Uint8Array, as?: Encoding) => {
    const found = decoded(content, as);
    setFault(found ? null : t('csv.no_text'));
    if (found) setFile({ name, content, csv: readCsv(found.text), encoding: found.encoding });
  };
  const found = useMemo(() => file && plan(rows, file.csv, tongue, titles, most), [rows, file, tongue, titles, most]);
  // What a line that cannot be read is about, nobody knows: it may be one of those that seem to be missing.
  const mayRemove = found !== null && found.wrong.length === 0 && found.only.length > 0;
  const count = found ? found.fresh.length + found.changed.length + (removing && mayRemove ? found.only.length : 0) : 0;
  const stop = !found
    ? t('csv.choose')
    : found.wrong.length > 0 && !leaving
      ? t('csv.mend_first')
      : count === 0
        ? t('csv.nothing')
        : null;
  const put = useMutation({
    mutationFn: async () => found && merge(found, removing && mayRemove),
    onSuccess: (next) => {
      if (!next) return setFault(t('csv.in_text'));
      onPut(next);
      toast({ tone: 'info', text: t('csv.done', { count }) });
      onClose();
    },
  });
  return (
    <Sheet
      onClose={onClose}
      title={t('csv.title')}
      footer={
        <Button kind="primary" refused={stop} disabled={put.isPending} onPress={() => put.mutate()}>
          {put.isPending ? t('csv.putting', { count }) : t('csv.put', { count })}
        </Button>
      }
    >
      <p>{t('csv.what')}</p>
      <div className="row">
        <FileButton accept={['.csv', '.txt', 'text/csv']} onFile={(chosen) => void take(chosen)}>
          {t(file ? 'csv.other' : 'csv.choose')}
        </FileButton>
        {file && (
          <>
            <span className="dim small wrap">{file.name}</span>
            <Select
              label={t('csv.encoding')}
              hideLabel
              value={file.encoding}
              onChange={(encoding) => look(file.name, file.content, encoding as Encoding)}
              choices={ENCODINGS.map((id) => ({ id, name: t('csv.read_as', { encoding: id.toUpperCase() }) }))}
            />
          </>
        )}
      </div>
      {fault && (
        <Banner tone="bad" live>
          {fault}
        </Banner>
      )}
      {put.isError && <ProblemView error={put.error} compact />}
      {file && !found && (
        <Banner tone="bad" live>
          {t('csv.no_columns')}
        </Banner>
      )}
      {found && (
        <>
          <Counts found={found} />
          {found.unknown.length > 0 && <p className="dim small wrap">{t('csv.unknown', { names: found.unknown.join(', ') })}</p>}
          <Wrongs found={found} />
          {found.wrong.length > 0 && (
            <Checkbox checked={leaving} onChange={setLeaving}>
              {t('csv.leave_wrong')}
            </Checkbox>
          )}
          <Changes found={found} />
          <Fresh found={found} />
          <Only found={found} />
          {mayRemove && (
            <Checkbox checked={removing} onChange={setRemoving}>
              {t('csv.remove')}
            </Checkbox>
          )}
        </>
      )}
    </Sheet>
  );
}

/** The columns as this page calls them: a table that somebody made after it is read too. */
function useTitles(): ReadonlyMap<string, Field> {
  const t = useT();
  return useMemo(
    () =>
      new Map(
        (['from', 'to', 'name', 'valid_from', 'valid_to'] as const).map((field): [string, Field] => [
          t(`dictionary.${field}`).toLowerCase(),
          field,
        ]),
      ),
    [t],
  );
}

function useFieldName(): (field: Field) => string {
  const t = useT();
  return (field) => {
    const [column = '', tongue] = field.split('.');
    const name = t(`dictionary.${column}` as Key);
    return tongue ? `${name} (${tongue})` : name;
  };
}

const COUNTS: [keyof Pick<Plan, 'fresh' | 'changed' | 'wrong' | 'only'>, Tone][] = [
  ['fresh', 'info'],
  ['changed', 'warn'],
  ['wrong', 'bad'],
  ['only', 'plain'],
];

function Counts({ found }: { found: Plan }) {
  const t = useT();
  return (
    <div className="row" role="status">
      {COUNTS.map(
        ([what, tone]) =>
          found[what].length > 0 && (
            <Chip key={what} tone={tone} icon={tone === 'bad' ? 'alert' : undefined}>
              {t(`csv.${what}`, { count: found[what].length })}
            </Chip>
          ),
      )}
      {found.equal > 0 && (
        <Chip tone="ok" icon="check">
          {t('csv.equal', { count: found.equal })}
        </Chip>
      )}
    </div>
  );
}

function Cut({ count }: { count: number }) {
  const t = useT();
  return count > SHOWN_MAX ? <p className="dim small">{t('csv.cut', { shown: SHOWN_MAX, count })}</p> : null;
}

function Wrongs({ found }: { found: Plan }) {
  const t = useT();
  if (found.wrong.length === 0) return null;
  return (
    <>
      <Table caption={t('csv.wrong_title')} shown heads={[{ name: t('csv.line'), number: true }, t('csv.reason')]}>
        {found.wrong.slice(0, SHOWN_MAX).map(({ line, reason, about }) => (
          <tr key={`${line}-${reason}`}>
            <th scope="row" className="number">
              {line}
            </th>
            <td>{t(`csv_reason.${reason}` as Key, { about })}</td>
          </tr>
        ))}
      </Table>
      <Cut count={found.wrong.length} />
    </>
  );
}

function Changes({ found }: { found: Plan }) {
  const t = useT();
  const name = useFieldName();
  if (found.changed.length === 0) return null;
  return (
    <>
      <Table
        caption={t('csv.changed_title')}
        shown
        heads={[{ name: t('csv.line'), number: true }, t('dictionary.from'), t('csv.field'), t('csv.before'), t('csv.after')]}
      >
        {found.changed.slice(0, SHOWN_MAX).flatMap(({ line, from, changes }) =>
          changes.map(({ field, before, after }) => (
            <tr key={`${line}-${field}`}>
              <td className="number">{line}</td>
              <th scope="row" className="mono wrap">
                {from}
              </th>
              <td>{name(field)}</td>
              <td className="mono wrap removed">{before || '–'}</td>
              <td className="mono wrap added">{after || '–'}</td>
            </tr>
          )),
        )}
      </Table>
      <Cut count={found.changed.length} />
    </>
  );
}

function Fresh({ found }: { found: Plan }) {
  const t = useT();
  if (found.fresh.length === 0) return null;
  return (
    <>
      <Table
        caption={t('csv.fresh_title')}
        shown
        heads={[{ name: t('csv.line'), number: true }, t('dictionary.from'), t('dictionary.to'), t('dictionary.name')]}
      >
        {found.fresh.slice(0, SHOWN_MAX).map(({ line, from, values }) => (
          <tr key={line}>
            <td className="number">{line}</td>
            <th scope="row" className="mono wrap">
              {from}
            </th>
            <td className="mono wrap">{values.to}</td>
            <td>{[values.name, values['name.en'], values['name.zh']].filter(Boolean).join(' · ')}</td>
          </tr>
        ))}
      </Table>
      <Cut count={found.fresh.length} />
    </>
  );
}

function Only({ found }: { found: Plan }) {
  const t = useT();
  if (found.only.length === 0) return null;
  const values = found.only.slice(0, SHOWN_MAX).map((row) => row.values.from ?? '');
  return (
    <>
      <h3>{t('csv.only_title')}</h3>
      <p className="mono wrap">{values.join(' · ')}</p>
      <Cut count={found.only.length} />
    </>
  );
}
