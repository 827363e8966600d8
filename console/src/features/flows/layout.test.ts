import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CARD, layout } from './layout';
import { flat, read, type Step } from './model';

const SHIPPED = readFileSync(join(import.meta.dirname, '../../../../flows/purchase_order_approval.yaml'), 'utf8');

test('the shipped flow is read with its kinds, conditions and places', () => {
  const model = read(SHIPPED);
  expect(model.problem).toBeNull();
  expect(model.id).toBe('purchase_order_approval');
  const steps = flat(model.steps);
  expect(steps.map((step) => `${step.id}:${step.kind}`)).toEqual([
    'budget:call',
    'size:choose',
    'auto:outcome',
    'oa:call',
    'verdict:choose',
    'give_back:call',
    'over:end',
    'tell_erp:call',
    'stop:end',
    'budget_again:call',
    'book:parallel',
    'pay:create',
    'post:call',
    'free:call',
    'tell:notify',
    'done:end',
  ]);
  const oa = steps.find((step) => step.id === 'oa');
  expect(oa?.what).toBe('oa.create_approval');
  expect(oa?.notes).toContain('await: oa.approval_changed');
  const size = steps.find((step) => step.id === 'size');
  expect(size?.branches.map((branch) => [branch.id, branch.when === null])).toEqual([
    ['small', false],
    ['ask', true],
  ]);
  for (const step of steps) expect(SHIPPED.slice(step.offset, step.offset + 200)).toMatch(new RegExp(`^\\{?id: ${step.id}\\b`));
});

test('text that cannot be read says so and does not throw', () => {
  for (const text of ['', 'steps: [', '- a', 'steps:\n\t- id: x', 'flow: x\nsteps: 7'])
    expect(() => layout(read(text).steps)).not.toThrow();
  expect(read('steps: [').problem).not.toBeNull();
});

const step = (id: string, branches: Step[][] = []): Step => ({
  id,
  kind: branches.length > 0 ? 'choose' : 'call',
  what: '',
  notes: [],
  branches: branches.map((steps, index) => ({ id: `b${index}`, when: 'x', steps })),
  offset: 0,
  line: 1,
});

test('cards never overlap and every line is straight up, down or across', () => {
  const deep = [step('a'), step('b', [[step('c'), step('d', [[step('e')], [], [step('f'), step('g')]])], [step('h')]]), step('i')];
  for (const steps of [deep, read(SHIPPED).steps]) {
    const { boxes, edges, width, height } = layout(steps);
    for (const [index, one] of boxes.entries()) {
      expect(one.x).toBeGreaterThanOrEqual(0);
      expect(one.x + one.width).toBeLessThanOrEqual(width);
      expect(one.y + one.height).toBeLessThanOrEqual(height);
      for (const other of boxes.slice(index + 1)) {
        const apart =
          one.x + one.width <= other.x ||
          other.x + other.width <= one.x ||
          one.y + one.height <= other.y ||
          other.y + other.height <= one.y;
        expect(apart, `${one.key} and ${other.key}`).toBe(true);
      }
    }
    for (const edge of edges) {
      for (const [index, point] of edge.points.slice(1).entries()) {
        const before = edge.points[index] ?? point;
        expect(point[0] === before[0] || point[1] === before[1], edge.key).toBe(true);
      }
    }
    expect(new Set(boxes.map((box) => box.key)).size).toBe(boxes.length);
  }
});

test('a folded step hides what is in it and says how much', () => {
  const { boxes } = layout(read(SHIPPED).steps, new Set(['book']));
  expect(boxes.find((box) => box.kind === 'folded')?.hidden).toBe(3);
  expect(boxes.some((box) => box.step?.id === 'pay')).toBe(false);
});

test('five hundred steps take little time', () => {
  const steps = Array.from({ length: 100 }, (_, index) =>
    step(`s${index}`, [
      [step(`a${index}`), step(`b${index}`)],
      [step(`c${index}`), step(`d${index}`)],
    ]),
  );
  const began = performance.now();
  const { boxes } = layout(steps);
  console.log(`${flat(steps).length} steps laid out in ${(performance.now() - began).toFixed(1)} ms`);
  expect(boxes.at(-1)?.y).toBeGreaterThan(100 * CARD.height);
});
