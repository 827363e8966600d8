import { Link } from '@tanstack/react-router';
import type { Schemas } from '../../api/client';
import { useWho } from '../../app/who';
import { money } from '../../format/amount';
import { useT, useWord } from '../../i18n';
import { Age, Chip, type Column, StatusChip, Time } from '../../ui';
import { SampleMark } from '../sample/SampleMark';
import { isSample } from '../sample/sample';

export type Found = Schemas['FoundDocument'];

/** The few fields that lists show. */
export interface Display {
  number?: string;
  currency?: string;
  total_gross?: string;
  amount?: string;
  supplier?: string;
  requester?: string;
}

export function displayOf(document: { display?: unknown }): Display {
  return (document.display ?? {}) as Display;
}

export function amountOf(document: { display?: unknown }): string {
  const shown = displayOf(document);
  const total = shown.total_gross ?? shown.amount;
  return total === undefined ? '' : money(String(total), shown.currency);
}

export const keyOf = (row: Found) => row.id;
export const nameOf = (row: Found) => row.key;

export function useColumns(): Column<Found>[] {
  const t = useT();
  const word = useWord();
  return [
    {
      id: 'key',
      title: t('documents.key'),
      width: 'minmax(150px, 1.2fr)',
      render: (row) => (
        <Link to="/docs/$doc" params={{ doc: row.id }} tabIndex={-1} className="mono">
          {row.key}
        </Link>
      ),
    },
    { id: 'type', title: t('documents.type'), width: 'minmax(136px, 0.6fr)', render: (row) => word('type', row.type) },
    { id: 'amount', title: t('documents.amount'), width: 'minmax(150px, 0.8fr)', number: true, render: amountOf },
    {
      id: 'state',
      title: t('documents.state'),
      width: 'minmax(128px, 0.6fr)',
      render: (row) => <StatusChip room="document" state={row.status} />,
    },
    { id: 'waiting', title: t('documents.waiting_on'), width: 'minmax(220px, 2.2fr)', render: (row) => <WaitingOn row={row} /> },
    { id: 'party', title: t('documents.party'), width: 'minmax(140px, 1.2fr)', render: (row) => displayOf(row).supplier ?? '' },
    {
      id: 'systems',
      title: t('documents.systems'),
      width: 'minmax(140px, 1fr)',
      render: (row) => (isSample(row) ? <SampleMark /> : row.systems.join(' · ')),
    },
    { id: 'updated', title: t('documents.updated'), width: '110px', render: (row) => <Time at={row.updated_at} /> },
  ];
}

/** Who or what has it now, and since when. */
function WaitingOn({ row }: { row: Found }) {
  const word = useWord();
  const who = useWho();
  const waiting = row.waiting_on;
  if (!waiting) return null;
  const said = [waiting.at_step, who(waiting.owner), waiting.message].filter(Boolean).join(' · ');
  return (
    <span title={said}>
      {waiting.kind === 'exception' ? (
        <Chip tone="bad" icon="alert">
          {waiting.cause ? word('cause', waiting.cause) : word('waiting', waiting.kind)}
        </Chip>
      ) : (
        <span className="dim">{word('waiting', waiting.kind)}</span>
      )}{' '}
      {said && <span>{said} · </span>}
      <span className="dim">
        <Age since={waiting.since} />
      </span>
    </span>
  );
}
