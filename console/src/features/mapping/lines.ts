/** Lines between two lists that scroll on their own: where each begins and ends, and what is out of sight. */

export interface Line {
  from: string;
  to: string;
  /** A copy, a computation or a look-up in a dictionary. */
  kind: 'copy' | 'computed' | 'lookup';
}

export interface Drawn extends Line {
  d: string;
}

export interface Drawing {
  drawn: Drawn[];
  /** Ends that lie above and below of what is seen, left and right. */
  hidden: { left: { above: number; below: number }; right: { above: number; below: number } };
}

/** Draws the lines whose both ends are seen; of the others it is counted where they go. */
export function draw(
  lines: readonly Line[],
  left: ReadonlyMap<string, number>,
  right: ReadonlyMap<string, number>,
  size: { width: number; height: number },
): Drawing {
  const hidden = { left: { above: 0, below: 0 }, right: { above: 0, below: 0 } };
  const drawn: Drawn[] = [];
  for (const line of lines) {
    const [from, to] = [left.get(line.from), right.get(line.to)];
    if (from === undefined || to === undefined) continue;
    const out = (y: number): 'above' | 'below' | null => (y < 0 ? 'above' : y > size.height ? 'below' : null);
    const [fromOut, toOut] = [out(from), out(to)];
    if (fromOut && !toOut) hidden.left[fromOut] += 1;
    if (toOut && !fromOut) hidden.right[toOut] += 1;
    if (fromOut || toOut) continue;
    const bend = size.width / 2;
    drawn.push({ ...line, d: `M0 ${round(from)}C${bend} ${round(from)} ${bend} ${round(to)} ${size.width} ${round(to)}` });
  }
  return { drawn, hidden };
}

function round(y: number): number {
  return Math.round(y * 2) / 2;
}

/** How a rule makes its value of what it reads. */
export function kindOf(how: string, source: string, options: readonly string[]): Line['kind'] {
  if (how === 'lookup' || options.some((option) => option.startsWith('lookup:'))) return 'lookup';
  return how !== 'text' && /^[\w.[\]"']+$/.test(source) ? 'copy' : 'computed';
}
