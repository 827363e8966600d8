/** A small table of a page: scrolled sideways where it is too wide, named for screen readers. Long lists are grids. */
import type { ReactNode } from 'react';

export interface Head {
  name: string;
  number?: boolean;
  /** Only screen readers are told, such as of a column of buttons. */
  hidden?: boolean;
  /** What more there is to say of the column. */
  what?: string;
}

export function Table({
  caption,
  shown,
  kind,
  heads,
  children,
}: {
  caption: string;
  /** The caption is read by everybody; else the page says already what the table is about. */
  shown?: boolean;
  /** `cells` are written in, and may show what they inherit; a `matrix` holds yes and no. */
  kind?: 'cells' | 'cells inherits' | 'matrix';
  heads: readonly (string | Head)[];
  /** Its rows. */
  children: ReactNode;
}) {
  return (
    <div className="scroll" role="group" tabIndex={0} aria-label={caption}>
      <table className={kind ? `table ${kind}` : 'table'}>
        <caption className={shown ? undefined : 'hidden-text'}>{caption}</caption>
        <thead>
          <tr>
            {heads.map((each, index) => {
              const head: Head = typeof each === 'string' ? { name: each } : each;
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is known by its place; two may have one name
                <th key={index} scope="col" className={head.number ? 'number' : undefined} title={head.what}>
                  {head.hidden ? <span className="hidden-text">{head.name}</span> : head.name}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
