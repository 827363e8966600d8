import { expect, test } from 'vitest';
import { whom } from './forecast';

const coming = { step: 'lead', people: ['ben', 'eve'], passes: [] as string[], mode: 'all', certain: true, known: true };

test('whose share passes is not asked', () => {
  expect(whom(coming)).toEqual({ kind: 'people', people: ['ben', 'eve'], passes: [] });
  expect(whom({ ...coming, passes: ['ben'] })).toEqual({ kind: 'people', people: ['eve'], passes: ['ben'] });
  expect(whom({ ...coming, passes: ['ben', 'eve'] })).toEqual({ kind: 'passes', passes: ['ben', 'eve'] });
});

test('nobody is said, and what is not known before is not guessed', () => {
  expect(whom({ ...coming, people: [] })).toEqual({ kind: 'nobody' });
  expect(whom({ ...coming, known: false })).toEqual({ kind: 'later' });
});
