import { type RefObject, useEffect, useRef, useState } from 'react';
import { type Drawing, draw, type Line } from './lines';

/** Lines between the two lists, for the rows that are seen; the rows say the same in words. */
export function Lines({
  lines,
  left,
  right,
  chosen,
}: {
  lines: Line[];
  left: RefObject<HTMLUListElement | null>;
  right: RefObject<HTMLUListElement | null>;
  chosen: string | undefined;
}) {
  const frame = useRef<SVGSVGElement>(null);
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  useEffect(() => {
    let asked = 0;
    const look = () => {
      asked = 0;
      const box = frame.current?.getBoundingClientRect();
      if (!box || box.width === 0) return setDrawing(null);
      setDrawing(draw(lines, spots(left.current, box), spots(right.current, box), { width: box.width, height: box.height }));
    };
    const later = () => {
      asked ||= requestAnimationFrame(look);
    };
    look();
    const lists = [left.current, right.current].filter((list) => list !== null);
    for (const list of lists) list.addEventListener('scroll', later, { passive: true });
    addEventListener('resize', later);
    return () => {
      cancelAnimationFrame(asked);
      for (const list of lists) list.removeEventListener('scroll', later);
      removeEventListener('resize', later);
    };
  }, [lines, left, right]);
  const edge = (count: number, arrow: string, x: number, y: string, anchor: 'start' | 'end') =>
    count > 0 && (
      <text x={x} y={y} textAnchor={anchor} className="map-edge">
        {arrow}
        {count}
      </text>
    );
  return (
    <svg ref={frame} className="map-lines" aria-hidden="true">
      {drawing && (
        <>
          {drawing.drawn.map((line) => (
            <path
              key={`${line.from}-${line.to}`}
              d={line.d}
              className={`map-line ${line.kind}${chosen === line.to ? ' chosen' : chosen ? ' faint' : ''}`}
            />
          ))}
          {edge(drawing.hidden.left.above, '↑', 2, '12', 'start')}
          {edge(drawing.hidden.left.below, '↓', 2, '98%', 'start')}
          {edge(drawing.hidden.right.above, '↑', 78, '12', 'end')}
          {edge(drawing.hidden.right.below, '↓', 78, '98%', 'end')}
        </>
      )}
    </svg>
  );
}

/** The middle of each row, from the top of the frame. */
function spots(list: HTMLUListElement | null, frame: DOMRect): Map<string, number> {
  const found = new Map<string, number>();
  for (const row of list?.querySelectorAll<HTMLElement>('[data-place]') ?? []) {
    const box = row.getBoundingClientRect();
    found.set(row.dataset.place ?? '', box.top + box.height / 2 - frame.top);
  }
  return found;
}
