import { expect, test } from 'vitest';
import { concerns } from './concerns';

test('what was called for an instance is read again when one of its calls was tried, its path is not', () => {
  const known = (instance: string) => (instance === 'i' ? new Set(['e', 'f']) : new Set<string>());
  const read = (part: string, ids: string[] | 'all', instance = 'i') =>
    concerns(['instance', instance, part], { effects: ids }, known);
  expect([read('attempts', ['x', 'e']), read('effects', 'all'), read('attempts', 'all')]).toEqual([true, true, true]);
  expect([read('path', ['e']), read('attempts', ['x']), read('attempts', ['e'], 'other')]).toEqual([false, false, false]);
  // Before the page knows them, any may be its own.
  expect(concerns(['instance', 'i', 'attempts'], { effects: ['x'] })).toBe(true);
  expect([
    concerns(['instance', 'i', 'attempts'], { instances: ['i'] }, known),
    concerns(['instance', 'i', 'path'], { instances: ['j'] }, known),
    concerns(['instance', 'list', 'po'], { instances: ['j'] }, known),
    concerns(['instance', 'of', 'po'], { instances: ['j'] }, known),
  ]).toEqual([true, false, true, true]);
});

test('what cannot change is not looked at again: each look at content is a line of the audit', () => {
  for (const part of ['revision', 'fields', 'diff'])
    expect(concerns(['document', 'a', part, 1], { documents: ['a'], instances: 'all' })).toBe(false);
  expect(concerns(['document', 'a', 'diagnosis'], { effects: ['e'] })).toBe(true);
  expect(concerns(['document', 'a'], { effects: ['e'] })).toBe(false);
  expect(concerns(['document', 'a', 'story'], { instances: ['i'] })).toBe(true);
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

test('differences are read again where they are listed and on the pages of documents', () => {
  const drift = { drift: ['d1'] };
  expect(concerns(['drift', 'list', {}], drift)).toBe(true);
  expect(concerns(['drift', 'groups'], drift)).toBe(true);
  expect(concerns(['document', 'a', 'drift'], drift)).toBe(true);
  expect(concerns(['exceptions', 'list'], drift)).toBe(false);
});

test('a release is read again where definitions are shown', () => {
  const releases = { releases: ['7'] };
  for (const name of ['releases', 'definitions', 'definition', 'drafts', 'connections', 'forms']) {
    expect(concerns([name, 'x'], releases), name).toBe(true);
  }
  expect(concerns(['drift', 'list'], releases)).toBe(false);
  expect(concerns(['document', 'a'], releases)).toBe(false);
});
