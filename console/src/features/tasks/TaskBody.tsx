/** What a task shows, on the desk and on the phone alike: plain elements only, so that the phone's page stays small. */
import type { Schemas } from '../../api/client';
import { amount } from '../../format/amount';
import { useT, useWord } from '../../i18n';
import { Card, Chip, StatusChip, Time } from '../../ui/parts';
import { Table } from '../../ui/Table';
import { at, humanised, shown } from './document';
import { FileList } from './FileList';
import { useStepName } from './names';

export type Task = Schemas['TaskDetail'];

/** Names of fields in the reader's language, where there is one. */
export function useFieldName() {
  const word = useWord();
  return (path: string): string => {
    const known = word('field', path.replaceAll('.', '_'));
    return known === path.replaceAll('.', '_').replaceAll('_', ' ') ? humanised(path) : known;
  };
}

export function DocumentCard({ task, editing }: { task: Task; editing?: React.ReactNode }) {
  const t = useT();
  const name = useFieldName();
  const { facts, tables } = shown(task.document);
  const rights = new Map(task.fields.map((field) => [field.field, field.right]));
  return (
    <Card title={t('task.document')}>
      {task.since_last_view.revised && (
        <Chip tone="warn" icon="alert">
          {t('task.revised')}
        </Chip>
      )}
      {task.since_last_view.changes.length > 0 && (
        <section className="stack tight" aria-label={t('task.changed_since')}>
          <strong className="small">{t('task.changed_since')}</strong>
          {changes(task.since_last_view.changes).map((change) => (
            <span key={change.field} className="small fresh wrap">
              {name(change.field)}: <del>{change.before}</del> → <ins>{change.after}</ins>
            </span>
          ))}
        </section>
      )}
      <dl className="facts">
        {facts.map((fact) => (
          <div key={fact.path} style={{ display: 'contents' }}>
            <dt>
              {name(fact.path)}
              {rights.get(fact.path) === 'required' && ' *'}
            </dt>
            <dd>{/^[+-]?\d+\.\d+$/.test(fact.value) ? amount(fact.value) : fact.value}</dd>
          </div>
        ))}
      </dl>
      {tables.map((table) => (
        <Table
          key={table.path}
          caption={name(table.path)}
          shown
          heads={table.columns.map((column, index) => ({
            name: name(column),
            number: table.rows.every((row) => isNumber(row[index])),
          }))}
        >
          {table.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={table.columns[column]} className={isNumber(cell) ? 'number' : ''}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      ))}
      {editing}
    </Card>
  );
}

/** Who was asked, what they said, and who will be asked. */
export function PathCard({ task }: { task: Task }) {
  const t = useT();
  const word = useWord();
  const { tasks, decisions, forecast } = task.people;
  const fresh = new Set(task.since_last_view.decisions);
  const stepName = useStepName();
  const step = (id: string) => stepName(id, task.people.titles[id]);
  const name = (id: string) => (id === 'system' ? t('task.system') : (task.people.names[id] ?? id));
  const open = tasks.filter((each) => !each.ended && each.kind !== 'copy');
  return (
    <Card title={t('task.path')}>
      <ol className="timeline task-path">
        {decisions.map((decision) => (
          <li key={decision.number} className={fresh.has(decision.number) ? 'fresh' : ''}>
            <div className="grow stack tight">
              <span>
                <strong>{name(decision.person)}</strong> {word('did', decision.verb)}
                {decision.on_behalf_of && ` ${t('task.for', { name: name(decision.on_behalf_of) })}`}
                {decision.to.length > 0 && ` → ${decision.to.map(name).join(', ')}`}
                {decision.why && <span className="dim"> · {word('why', decision.why)}</span>}
                {fresh.has(decision.number) && <Chip tone="info">{t('task.new')}</Chip>}
              </span>
              {decision.comment && <q className="wrap">{decision.comment}</q>}
              <FileList attachments={decision.attachments} />
              {changes(decision.changes).map((change) => (
                <span key={change.field} className="small">
                  <code>{change.field}</code> {change.before} → {change.after}
                </span>
              ))}
              <span className="dim small">
                {decision.step && `${step(decision.step)} · `}
                <Time at={decision.at} />
              </span>
            </div>
          </li>
        ))}
        {open.map((each) => (
          <li key={each.id}>
            <div className="grow">
              <strong>{each.person_name}</strong> <StatusChip room="task" state={each.state} />{' '}
              <span className="dim">{step(each.step)}</span>
              {each.overdue && <Chip tone="warn">{t('task.overdue')}</Chip>}
            </div>
          </li>
        ))}
        {forecast.map((coming) => (
          <li key={coming.step} className="coming">
            <div className="grow">
              <span className="dim">
                {t(coming.certain ? 'task.coming' : 'task.perhaps')} {step(coming.step)}:{' '}
                {coming.known ? coming.people.map(name).join(' · ') : t('task.not_known_yet')}
                {coming.passes.length > 0 && ` · ${t('task.passes', { names: coming.passes.map(name).join(', ') })}`}
              </span>
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function isNumber(cell: string | undefined): boolean {
  return cell === '' || /^[+-]?\d+(\.\d+)?$/.test(cell ?? '');
}

function changes(given: unknown): { field: string; before: string; after: string }[] {
  if (!Array.isArray(given)) return [];
  return given.map((each) => ({
    field: String((each as Record<string, unknown>).field ?? ''),
    before: at(each, 'before') || '–',
    after: at(each, 'after') || '–',
  }));
}

/** With whom the document deals, or who wants it. */
export function partyOf(display: unknown): string {
  return at(display, 'supplier') || at(display, 'customer') || at(display, 'requester');
}

/** Amount and currency of the document of a task, exactly as they are. */
export function amountOf(display: unknown): string {
  const total = at(display, 'total_gross') || at(display, 'amount') || at(display, 'total');
  return total ? `${amount(total)} ${at(display, 'currency')}`.trim() : '';
}
