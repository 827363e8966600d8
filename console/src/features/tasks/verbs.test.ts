import { expect, test } from 'vitest';
import { blank, bodyOf, edited, idsOf, missing, sorted } from './verbs';

test('what is sent is only what the verb takes', () => {
  const filled = { ...blank(), comment: ' fine ', people: 'e1, e2', edits: { total_gross: '5.00' } };
  expect(bodyOf('approve', filled)).toEqual({ comment: 'fine', edits: { total_gross: '5.00' } });
  expect(bodyOf('transfer', filled)).toEqual({ comment: 'fine', to: ['e1', 'e2'] });
  expect(bodyOf('add', { ...filled, inTurn: true })).toEqual({ comment: 'fine', to: ['e1', 'e2'], how: 'before', in_turn: true });
  expect(bodyOf('return', { ...filled, step: 'manager', straight: true })).toEqual({
    comment: 'fine',
    step: 'manager',
    straight: true,
  });
  expect(bodyOf('urge', blank())).toEqual({});
  expect(bodyOf('newer_than_this', filled)).toEqual({ comment: 'fine' });
});

test('whoever decides says which version of the document they saw', () => {
  for (const verb of ['approve', 'reject', 'complete', 'return', 'resubmit']) {
    expect(bodyOf(verb, blank(), '1-0-2').seen).toBe('1-0-2');
  }
  expect(bodyOf('comment', blank(), '1-0-2')).toEqual({});
  expect(bodyOf('approve', blank(), '')).toEqual({});
});

test('people are told apart however they are separated', () => {
  expect(idsOf('e1，e2; e3\ne1')).toEqual(['e1', 'e2', 'e3']);
  expect(idsOf('  ')).toEqual([]);
});

test('what is missing is said before it is sent', () => {
  expect(missing({ verb: 'reject', comment: true }, blank())).toBe('task.needs_comment');
  expect(missing({ verb: 'transfer', comment: false }, blank())).toBe('task.needs_people');
  expect(missing({ verb: 'approve', comment: false }, blank())).toBeNull();
});

test('files go along once they have arrived, and the verb waits for them', () => {
  const kept = { name: 'offer.pdf', ref: 'file:1', size: 3, sha256: 'ab', content_type: 'application/pdf' };
  const filled = { ...blank(), files: [kept], file: 'https://dms.example/4711' };
  const attachments = [
    { name: 'offer.pdf', ref: 'file:1' },
    { name: '4711', ref: 'https://dms.example/4711' },
  ];
  for (const verb of ['approve', 'complete', 'attach']) expect(bodyOf(verb, filled)).toEqual({ attachments });
  expect(bodyOf('urge', filled)).toEqual({});
  expect(missing({ verb: 'approve', comment: false }, { ...filled, going: 1 })).toBe('task.files_going');
  expect(missing({ verb: 'approve', comment: false }, filled)).toBeNull();
});

test('what a task is there for comes first', () => {
  const verbs = ['urge', 'reject', 'add', 'approve'].map((verb) => ({ verb, on: 'task' }));
  const { first, more } = sorted(verbs);
  expect(first.map((each) => each.verb)).toEqual(['approve', 'reject']);
  expect(more.map((each) => each.verb)).toEqual(['urge', 'add']);
});

test('sends what was typed as the document takes it', () => {
  expect(edited('int', ' 12 ')).toBe(12);
  expect(edited('int', '12345678901234567890')).toBe('12345678901234567890');
  expect(edited('yes_no', 'true')).toBe(true);
  expect(edited('yes_no', 'false')).toBe(false);
  expect(edited('choice', '')).toBeNull();
  expect(edited('decimal', '12.50')).toBe('12.50');
  expect(edited('text', '')).toBe('');
  expect(edited(undefined, '12')).toBe('12');
});
