/** What one instance has done, and what differs between two versions, as marks on the steps of the picture. */
import type { Schemas } from '../../api/client';
import { type Branch, flat, type Step } from './model';

export interface Visited {
  state: string;
  /** How often the step was entered. */
  visits: number;
}

/** Of several at once, in lanes of a loop or after coming back, the one that a person wants to know of first. */
const FIRST = ['exception', 'failed', 'reversing', 'running', 'waiting', 'reversed', 'left', 'done', 'skipped'];

/** By step, from the path of an instance: its last visit, and of those in several lanes the one that matters most. */
export function visited(visits: readonly Pick<Schemas['PathVisit'], 'step' | 'state' | 'visit'>[]): Map<string, Visited> {
  const found = new Map<string, Visited & { last: number }>();
  const rank = (state: string) => (FIRST.indexOf(state) + FIRST.length + 1) % (FIRST.length + 1);
  for (const { step, state, visit } of visits) {
    const known = found.get(step);
    if (!known || visit > known.last) found.set(step, { state, visits: Math.max(visit, known?.visits ?? 0), last: visit });
    else if (visit === known.last && rank(state) < rank(known.state)) known.state = state;
  }
  return new Map([...found].map(([step, { state, visits: count }]) => [step, { state, visits: count }]));
}

export type Changed = Schemas['Change'];

/** By step, from what the hub says differs between two versions; what is moved as well as changed is changed. */
export function changes(parts: readonly Pick<Schemas['PartDiff'], 'name' | 'change'>[]): Map<string, Changed> {
  return new Map(parts.filter((part) => part.name !== '').map((part) => [part.name, part.change]));
}

/** The steps of both versions on one picture: those of the later one, with what is gone where it stood. */
export function together(before: readonly Step[], after: readonly Step[]): Step[] {
  const kept = new Set(flat([...after]).map((step) => step.id));
  return merged(before, after, kept);
}

function merged(before: readonly Step[], after: readonly Step[], kept: ReadonlySet<string>): Step[] {
  const result = after.map((step): Step => {
    const old = flat([...before]).find((each) => each.id === step.id);
    return old ? { ...step, branches: branches(old.branches, step.branches, kept) } : step;
  });
  let at = 0;
  for (const step of before) {
    const stands = result.findIndex((each) => each.id === step.id);
    if (stands >= 0) at = stands + 1;
    else if (!kept.has(step.id)) {
      result.splice(at, 0, { ...step, branches: step.branches.map((branch) => ({ ...branch, steps: gone(branch.steps, kept) })) });
      at += 1;
    }
  }
  return result;
}

function branches(before: readonly Branch[], after: readonly Branch[], kept: ReadonlySet<string>): Branch[] {
  const known = after.map((branch): Branch => {
    const old = before.find((each) => each.id === branch.id);
    return old ? { ...branch, steps: merged(old.steps, branch.steps, kept) } : branch;
  });
  const lost = before
    .filter((branch) => !after.some((each) => each.id === branch.id))
    .map((branch) => ({ ...branch, steps: gone(branch.steps, kept) }))
    .filter((branch) => branch.steps.length > 0);
  return [...known, ...lost];
}

/** Of steps that are gone with what is around them: those that do not stand elsewhere by now. */
function gone(steps: readonly Step[], kept: ReadonlySet<string>): Step[] {
  return steps
    .filter((step) => !kept.has(step.id))
    .map((step) => ({ ...step, branches: step.branches.map((branch) => ({ ...branch, steps: gone(branch.steps, kept) })) }));
}

/** `12..14` of the address as two numbers of versions, each of which is known. */
export function pairOf(text: string | undefined, known: readonly number[]): [number, number] | null {
  const found = /^(\d+)\.\.(\d+)$/.exec(text ?? '');
  const pair = found ? ([Number(found[1]), Number(found[2])] as [number, number]) : null;
  return pair?.every((number) => known.includes(number)) ? pair : null;
}

/** The version that was the newest when an instance began: it names the hash of everything that it runs by, which no text has. */
export function versionAt<Version extends { number: number; created_at: string }>(
  versions: readonly Version[],
  at: string,
): Version | undefined {
  const newest = [...versions].sort((a, b) => b.number - a.number);
  return newest.find((version) => Date.parse(version.created_at) <= Date.parse(at)) ?? newest.at(-1);
}

/** Steps that have marks and no place on the picture: those of reactions, and of a version that has other steps. */
export function notDrawn(steps: readonly Step[], marks: ReadonlyMap<string, unknown>): string[] {
  const drawn = new Set(flat([...steps]).map((step) => step.id));
  return [...marks.keys()].filter((step) => !drawn.has(step));
}
