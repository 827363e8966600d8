import { expect, test } from 'vitest';
import { changes, notDrawn, pairOf, together, versionAt, visited } from './marks';
import { read, type Step } from './model';

const flow = (steps: string) => read(`flow: f\nsteps:\n${steps}`).steps;
/** Ids as they nest. */
const shape = (steps: Step[]): unknown[] =>
  steps.map((step) =>
    step.branches.length > 0 ? [step.id, step.branches.map((branch) => [branch.id, shape(branch.steps)])] : step.id,
  );

test('a step shows its last visit, and of lanes the one that wants a person', () => {
  const marks = visited([
    { step: 'oa', state: 'left', visit: 1 },
    { step: 'oa', state: 'waiting', visit: 2 },
    { step: 'line', state: 'done', visit: 1 },
    { step: 'line', state: 'exception', visit: 1 },
    { step: 'line', state: 'skipped', visit: 1 },
  ]);
  expect(Object.fromEntries(marks)).toEqual({ oa: { state: 'waiting', visits: 2 }, line: { state: 'exception', visits: 1 } });
});

test('what is gone stands where it stood', () => {
  const before = flow('  - {id: a, call: x.y}\n  - {id: b, call: x.y}\n  - {id: c, end: {outcome: approved}}\n');
  const after = flow('  - {id: a, call: x.y}\n  - {id: n, call: x.y}\n  - {id: c, end: {outcome: approved}}\n');
  expect(shape(together(before, after))).toEqual(['a', 'b', 'n', 'c']);
  expect(shape(together(after, after))).toEqual(['a', 'n', 'c']);
});

test('inside branches too; what only moved stands once, where it is now', () => {
  const before = flow(
    '  - id: size\n    choose:\n      branches:\n        - {id: big, when: "true", steps: [{id: ask, call: x.y}, {id: old, call: x.y}]}\n        - {id: lost, when: "x", steps: [{id: tell, call: x.y}, {id: ask2, call: x.y}]}\n',
  );
  const after = flow(
    '  - id: size\n    choose:\n      branches:\n        - {id: big, when: "true", steps: [{id: ask, call: x.y}]}\n  - {id: ask2, call: x.y}\n',
  );
  expect(shape(together(before, after))).toEqual([
    [
      'size',
      [
        ['big', ['ask', 'old']],
        ['lost', ['tell']],
      ],
    ],
    'ask2',
  ]);
});

test('changes are told by step, and an address names two versions that there are', () => {
  expect(
    Object.fromEntries(
      changes([
        { name: '', change: 'changed' },
        { name: 'oa', change: 'added' },
      ]),
    ),
  ).toEqual({ oa: 'added' });
  expect([pairOf('12..14', [12, 13, 14]), pairOf('12..15', [12]), pairOf('x', [1]), pairOf(undefined, [])]).toEqual([
    [12, 14],
    null,
    null,
    null,
  ]);
});

test('an instance is drawn on what was live when it began, and what has no place there is named', () => {
  const versions = [1, 2, 3].map((number) => ({ number, created_at: `2026-09-0${number}T00:00:00Z` }));
  expect(versionAt(versions, '2026-09-02T12:00:00Z')?.number).toBe(2);
  expect(versionAt(versions, '2026-10-01T00:00:00Z')?.number).toBe(3);
  expect(versionAt(versions, '2026-08-01T00:00:00Z')?.number).toBe(1);
  expect(versionAt([], '2026-08-01T00:00:00Z')).toBeUndefined();
  const steps = flow('  - {id: a, call: x.y}\n');
  expect(
    notDrawn(
      steps,
      new Map([
        ['a', 1],
        ['react', 1],
      ]),
    ),
  ).toEqual(['react']);
});
