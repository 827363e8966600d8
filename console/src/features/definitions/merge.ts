/**
 * Two texts that were made of the same one, put together line by line: what only one of them changed is taken, what both changed
 * alike is no conflict, and of what they changed differently a person says which. Line ends do not differ: they are mine.
 */
import { diff3MergeRegions } from 'node-diff3';

export interface Conflict {
  mine: string[];
  base: string[];
  theirs: string[];
}

export type Piece = { lines: string[]; from: 'base' | 'mine' | 'theirs' | 'both' } | { conflict: Conflict };
export type Choice = 'mine' | 'theirs' | 'both';

export interface Merge {
  pieces: Piece[];
  end: string;
}

export function merged(base: string, mine: string, theirs: string): Merge {
  const regions = diff3MergeRegions(linesOf(mine), linesOf(base), linesOf(theirs));
  return { pieces: regions.flatMap(pieceOf), end: endOf(mine) };
}

function pieceOf(region: ReturnType<typeof diff3MergeRegions<string>>[number]): Piece[] {
  if (region.stable) {
    const from = ({ a: 'mine', b: 'theirs', o: 'base' } as const)[region.buffer];
    return region.bufferLength > 0 || from !== 'base' ? [{ lines: region.bufferContent, from }] : [];
  }
  const { aContent: mine, bContent: theirs, oContent: base } = region;
  if (isSame(mine, theirs)) return [{ lines: mine, from: 'both' }];
  // Where one of the two is as it was, the other one has changed it.
  if (isSame(mine, base)) return [{ lines: theirs, from: 'theirs' }];
  if (isSame(theirs, base)) return [{ lines: mine, from: 'mine' }];
  return [{ conflict: { mine, base, theirs } }];
}

function isSame(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((line, index) => line === other[index]);
}

/** What follows the last line end is a line too: so it stays known whether the text ends with one. */
function linesOf(text: string): string[] {
  return text.split(/\r?\n/);
}

/** The line end that most lines have. */
function endOf(text: string): string {
  const windows = text.match(/\r\n/g)?.length ?? 0;
  return windows > (text.match(/\n/g)?.length ?? 0) - windows ? '\r\n' : '\n';
}

export function conflictsOf({ pieces }: Merge): Conflict[] {
  return pieces.flatMap((piece) => ('conflict' in piece ? [piece.conflict] : []));
}

/** How many places of theirs are in the text without being asked for. */
export function takenOf({ pieces }: Merge): number {
  return pieces.filter((piece) => 'lines' in piece && piece.from === 'theirs').length;
}

/** What a choice is kept under: the same conflict stays chosen while other lines are typed. */
export function nameOf(conflict: Conflict): string {
  return JSON.stringify([conflict.mine, conflict.base, conflict.theirs]);
}

/** The text with every conflict settled; null while one is not. */
export function settledText(merge: Merge, choice: (conflict: Conflict) => Choice | undefined): string | null {
  const lines: string[] = [];
  for (const piece of merge.pieces) {
    if ('lines' in piece) {
      lines.push(...piece.lines);
      continue;
    }
    const { mine, theirs } = piece.conflict;
    const chosen = choice(piece.conflict);
    if (!chosen) return null;
    lines.push(...(chosen === 'both' ? [...mine, ...theirs] : chosen === 'mine' ? mine : theirs));
  }
  return lines.join(merge.end);
}
