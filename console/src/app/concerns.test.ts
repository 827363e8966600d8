import { expect, test } from 'vitest';
import { concerns } from './concerns';

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

test('a page of another document is left alone', () => {
  expect(concerns(['document', 'a'], { documents: ['b'] })).toBe(false);
  expect(concerns(['document', 'a'], { documents: ['a'] })).toBe(true);
  expect(concerns(['document', 'a'], { documents: 'all' })).toBe(true);
});
