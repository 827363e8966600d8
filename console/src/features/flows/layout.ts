/** Where each card of a flow stands: from top to bottom, branches as columns, joined below. Pure, and the same every time. */
import type { Branch, Step } from './model';

export const CARD = { width: 240, height: 76, head: 40, gap: 28, column: 24 } as const;

export interface Box {
  key: string;
  kind: 'start' | 'step' | 'branch' | 'folded';
  x: number;
  y: number;
  width: number;
  height: number;
  step?: Step;
  branch?: Branch;
  /** Place among its branches, from 1. */
  number?: number;
  /** Steps that a fold hides. */
  hidden?: number;
}

/** A line from the bottom of one card to the top of another, or along a join. */
export interface Edge {
  key: string;
  points: [number, number][];
}

export interface Layout {
  boxes: Box[];
  edges: Edge[];
  width: number;
  height: number;
}

interface Block {
  width: number;
  height: number;
  /** Draws it with its middle at `x`, from `y` on; tells where its end is. */
  place: (x: number, y: number, into: Layout) => void;
}

export function layout(steps: Step[], folded: ReadonlySet<string> = new Set()): Layout {
  const found: Layout = { boxes: [], edges: [], width: 0, height: 0 };
  const body = sequence(steps, folded, '');
  const width = Math.max(body.width, CARD.width);
  const middle = width / 2;
  found.boxes.push({ key: 'start', kind: 'start', x: middle - CARD.width / 2, y: 0, width: CARD.width, height: CARD.head });
  if (steps.length > 0) {
    found.edges.push({
      key: 'start',
      points: [
        [middle, CARD.head],
        [middle, CARD.head + CARD.gap],
      ],
    });
    body.place(middle, CARD.head + CARD.gap, found);
  }
  found.width = width;
  found.height = CARD.head + CARD.gap + body.height;
  return found;
}

function sequence(steps: Step[], folded: ReadonlySet<string>, prefix: string): Block {
  const blocks = steps.map((step) => one(step, folded, prefix));
  const height = blocks.reduce((sum, block) => sum + block.height, 0) + Math.max(0, blocks.length - 1) * CARD.gap;
  return {
    width: Math.max(0, ...blocks.map((block) => block.width)),
    height,
    place: (x, y, into) => {
      let top = y;
      for (const [index, block] of blocks.entries()) {
        if (index > 0) {
          into.edges.push({
            key: `${prefix}${index}`,
            points: [
              [x, top],
              [x, top + CARD.gap],
            ],
          });
          top += CARD.gap;
        }
        block.place(x, top, into);
        top += block.height;
      }
    },
  };
}

function one(step: Step, folded: ReadonlySet<string>, prefix: string): Block {
  const key = `${prefix}${step.id}`;
  const card = (x: number, y: number, into: Layout) =>
    into.boxes.push({ key, kind: 'step', x: x - CARD.width / 2, y, width: CARD.width, height: CARD.height, step });
  if (step.branches.length === 0) return { width: CARD.width, height: CARD.height, place: card };
  if (folded.has(step.id)) return closed(step, key, card);
  const columns = step.branches.map((branch) => sequence(branch.steps, folded, `${key}/${branch.id}/`));
  const widths = columns.map((column) => Math.max(column.width, CARD.width));
  const width = widths.reduce((sum, each) => sum + each, 0) + CARD.column * (widths.length - 1);
  const below = columns.map((column) => CARD.head + (column.height > 0 ? CARD.gap + column.height : 0));
  const tallest = Math.max(...below);
  return {
    width: Math.max(width, CARD.width),
    height: CARD.height + CARD.gap + tallest + CARD.gap,
    place: (x, y, into) => {
      card(x, y, into);
      const top = y + CARD.height + CARD.gap;
      const join = top + tallest + CARD.gap;
      let left = x - width / 2;
      for (const [index, column] of columns.entries()) {
        const branch = step.branches[index];
        const [own = 0, long = 0] = [widths[index], below[index]];
        const middle = left + own / 2;
        const name = `${key}/${branch?.id ?? index}`;
        const bend = y + CARD.height + CARD.gap / 2;
        into.edges.push({
          key: `${name}>`,
          points: [
            [x, y + CARD.height],
            [x, bend],
            [middle, bend],
            [middle, top],
          ],
        });
        into.boxes.push({
          key: name,
          kind: 'branch',
          x: middle - CARD.width / 2,
          y: top,
          width: CARD.width,
          height: CARD.head,
          branch,
          number: index + 1,
        });
        if (column.height > 0) {
          into.edges.push({
            key: `${name}|`,
            points: [
              [middle, top + CARD.head],
              [middle, top + CARD.head + CARD.gap],
            ],
          });
          column.place(middle, top + CARD.head + CARD.gap, into);
        }
        into.edges.push({
          key: `${name}<`,
          points: [
            [middle, top + long],
            [middle, join - CARD.gap / 2],
            [x, join - CARD.gap / 2],
            [x, join],
          ],
        });
        left += own + CARD.column;
      }
    },
  };
}

function closed(step: Step, key: string, card: (x: number, y: number, into: Layout) => void): Block {
  const count = (steps: Step[]): number =>
    steps.reduce((sum, each) => sum + 1 + each.branches.reduce((inner, branch) => inner + count(branch.steps), 0), 0);
  const hidden = step.branches.reduce((sum, branch) => sum + count(branch.steps), 0);
  return {
    width: CARD.width,
    height: CARD.height + CARD.gap + CARD.head,
    place: (x, y, into) => {
      card(x, y, into);
      into.edges.push({
        key: `${key}+`,
        points: [
          [x, y + CARD.height],
          [x, y + CARD.height + CARD.gap],
        ],
      });
      into.boxes.push({
        key: `${key}+`,
        kind: 'folded',
        x: x - CARD.width / 2,
        y: y + CARD.height + CARD.gap,
        width: CARD.width,
        height: CARD.head,
        step,
        hidden,
      });
    },
  };
}
