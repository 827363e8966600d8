import { expect, test } from 'vitest';
import { concerns } from './concerns';

test('what was called for an instance is read again when a call was tried, its path is not', () => {
  expect(concerns(['instance', 'i', 'attempts'], { effects: ['e'] })).toBe(true);
  expect(concerns(['instance', 'i', 'effects'], { effects: 'all' })).toBe(true);
  expect(concerns(['instance', 'i', 'path'], { effects: ['e'] })).toBe(false);
  expect(concerns(['instance', 'i', 'attempts'], { instances: ['i'] })).toBe(true);
});

test('lists tell what a document waits for, so they hang on instances and exceptions too', () => {
  for (const topic of ['documents', 'instances', 'exceptions']) {
    expect(concerns(['peek', {}], { [topic]: ['x'] })).toBe(true);
    expect(concerns(['found', 'PO-1'], { [topic]: ['x'] })).toBe(true);
    expect(concerns(['ops'], { [topic]: ['x'] })).toBe(true);
  }
  expect(concerns(['documents', {}], { documents: 'all' })).toBe(false);
  expect(concerns(['tasks', 'list'], { tasks: ['t'] })).toBe(true);
  expect(concerns(['tasks', 'list'], { documents: ['t'] })).toBe(false);
});

test('another document is left alone', () => {
  expect(concerns(['document', 'a'], { documents: ['b'] })).toBe(false);
  expect(concerns(['document', 'a'], { documents: ['a', 'b'] })).toBe(true);
});
