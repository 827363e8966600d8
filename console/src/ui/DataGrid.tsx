/**
 * A long list: rows are drawn only where they can be seen, more are asked for near the end, and one row at a time takes the
 * focus. `j` `k` and arrows move, `Enter` opens, `x` picks.
 */
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useT } from '../i18n';
import { askIn, PAUSES_MS } from './asking';
import { Button, Checkbox } from './controls';

export interface Column<Row> {
  id: string;
  title: string;
  /** A CSS grid track, such as `minmax(160px, 2fr)`. */
  width: string;
  number?: boolean;
  render: (row: Row) => ReactNode;
}

export interface Picking {
  picked: ReadonlySet<string>;
  onPick: (picked: ReadonlySet<string>) => void;
}

interface More {
  has: boolean;
  loading: boolean;
  load: () => void;
  /** That the last try failed, and when; whether it may be better the next time; what is shown at the end of the rows. */
  failed?: { at: number; passing: boolean; shown: ReactNode };
}

interface Props<Row> {
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
  nameOf: (row: Row) => string;
  onOpen?: (row: Row) => void;
  /** A click on a row, where one click is enough to open it. */
  onChoose?: (row: Row) => void;
  picking?: Picking;
  more?: More;
  /** New rows that are not shown yet. */
  fresh?: { count: number; show: () => void };
  empty?: ReactNode;
  rowHeight?: number;
}

/** Rows from the end at which more are asked for. */
const AHEAD = 20;

export function DataGrid<Row>({
  label,
  columns,
  rows,
  keyOf,
  nameOf,
  onOpen,
  onChoose,
  picking,
  more,
  fresh,
  empty,
  rowHeight,
}: Props<Row>) {
  const t = useT();
  const scroller = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(0);
  const wanted = useRef(false);
  const height = rowHeight ?? (document.documentElement.dataset.density === 'comfortable' ? 44 : 32);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
  });
  const visible = virtual.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;

  useMore(more, rows.length > 0 && last >= rows.length - AHEAD, rows.length);

  useEffect(() => {
    // The row may have been drawn only after scrolling to it.
    if (!wanted.current) return;
    const row = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"]`);
    if (row) {
      wanted.current = false;
      row.focus({ preventScroll: true });
    }
  });

  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    wanted.current = true;
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const pick = (row: Row) => {
    if (!picking) return;
    const next = new Set(picking.picked);
    if (!next.delete(keyOf(row))) next.add(keyOf(row));
    picking.onPick(next);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target as HTMLElement).matches('[role="row"]')) return;
    // The row that has the focus, wherever rows that came meanwhile have moved it: never the one that stands where it stood.
    const here = Number((event.target as HTMLElement).dataset.index ?? active);
    const row = rows[here];
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 320) / height) - 2);
    const steps: Record<string, () => void> = {
      ArrowDown: () => move(here + 1),
      j: () => move(here + 1),
      ArrowUp: () => move(here - 1),
      k: () => move(here - 1),
      PageDown: () => move(here + page),
      PageUp: () => move(here - page),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      Enter: () => row && onOpen?.(row),
      x: () => row && pick(row),
      ' ': () => row && pick(row),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };

  // The narrowest that all columns can be; below it the list scrolls sideways, and every row by the same.
  const least = columns.reduce((sum, column) => sum + Number(/(\d+)px/.exec(column.width)?.[1] ?? 80), picking ? 40 : 0);
  const tracks = `${picking ? '40px ' : ''}${columns.map((column) => column.width).join(' ')}`;
  const all = picking && rows.length > 0 && rows.every((row) => picking.picked.has(keyOf(row)));
  const some = picking && !all && rows.some((row) => picking.picked.has(keyOf(row)));
  return (
    <div className="grid-wrap">
      {fresh && fresh.count > 0 && (
        <div className="pill" role="presentation">
          <Button kind="primary" size="small" icon="refresh" onPress={fresh.show}>
            {t('grid.fresh', { count: fresh.count })}
          </Button>
        </div>
      )}
      <div
        className="grid"
        role="grid"
        aria-label={label}
        aria-rowcount={more?.has ? -1 : rows.length + 1}
        aria-colcount={columns.length + (picking ? 1 : 0)}
        aria-multiselectable={picking ? true : undefined}
        ref={scroller}
        onKeyDown={onKey}
        // With rows one of them takes the focus; without, the grid itself must, because it may scroll sideways.
        tabIndex={rows.length === 0 ? 0 : undefined}
        style={{ '--columns': tracks, '--least': `${least}px` } as React.CSSProperties}
      >
        <div className="grid-head" role="row" aria-rowindex={1}>
          {picking && (
            <div className="grid-cell pick" role="columnheader">
              <Checkbox
                label={t('grid.pick_all')}
                checked={!!all}
                some={!!some}
                onChange={(on) => picking.onPick(on ? new Set([...picking.picked, ...rows.map(keyOf)]) : new Set())}
              />
            </div>
          )}
          {columns.map((column) => (
            <div key={column.id} className={`grid-cell${column.number ? ' number' : ''}`} role="columnheader">
              {column.title}
            </div>
          ))}
        </div>
        <div className="grid-body" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {visible.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            const key = keyOf(row);
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the grid itself hears the keys of its rows
              <div
                key={key}
                className="grid-row"
                role="row"
                data-index={item.index}
                aria-rowindex={item.index + 2}
                aria-selected={picking ? picking.picked.has(key) : undefined}
                tabIndex={item.index === active ? 0 : -1}
                style={{ transform: `translateY(${item.start}px)`, height }}
                onFocus={(event) => event.target === event.currentTarget && setActive(item.index)}
                onClick={() => onChoose?.(row)}
                onDoubleClick={() => onOpen?.(row)}
              >
                {picking && (
                  <div className="grid-cell pick" role="gridcell">
                    <Checkbox
                      label={t('grid.pick', { what: nameOf(row) })}
                      checked={picking.picked.has(key)}
                      onChange={() => pick(row)}
                    />
                  </div>
                )}
                {columns.map((column) => (
                  <div key={column.id} className={`grid-cell${column.number ? ' number' : ''}`} role="gridcell">
                    {column.render(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {more?.failed && (
          <div className="grid-fault" role="rowgroup">
            <div role="row">
              <div role="gridcell" aria-colspan={columns.length + (picking ? 1 : 0)}>
                {more.failed.shown}
              </div>
            </div>
          </div>
        )}
      </div>
      {rows.length === 0 && empty && <div className="grid-empty">{empty}</div>}
      <div className="hidden-text" role="status">
        {more?.loading ? t('state.loading') : ''}
      </div>
    </div>
  );
}

/** Asks for the next page when the end is near; after a failure later, and a few times only. */
function useMore(more: More | undefined, near: boolean, rows: number) {
  const load = useRef(more?.load);
  load.current = more?.load;
  const { has = false, loading = false } = more ?? {};
  const failedAt = more?.failed?.at ?? 0;
  const passing = more?.failed?.passing ?? true;
  const failing = useRef({ at: 0, count: 0, rows });
  useEffect(() => {
    // Only rows that came begin the count anew: a list that is read again meanwhile has not brought its next page.
    if (rows !== failing.current.rows) failing.current = { at: failedAt, count: 0, rows };
    else if (failedAt > failing.current.at) failing.current = { at: failedAt, count: failing.current.count + 1, rows };
    const { count } = failing.current;
    const failures = failedAt === 0 ? Math.min(count, PAUSES_MS.length) : count;
    const pause = askIn({ has, loading, near, failures, passing });
    if (pause === null) return;
    if (pause === 0) {
      load.current?.();
      return;
    }
    const timer = setTimeout(() => load.current?.(), pause);
    return () => clearTimeout(timer);
  }, [has, loading, near, rows, failedAt, passing]);
}
