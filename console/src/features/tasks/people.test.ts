import { expect, test } from 'vitest';
import { meant, offered, withoutPerson, withPerson } from './people';

const WANG = { person: 'e1', name: '王芳' };
const LI = { person: 'e2', name: '李慧', department: '财务' };
const WANG_TOO = { person: 'e3', name: '王芳' };

test('people are put in once and taken out', () => {
  expect(withPerson('e1', 'e2')).toBe('e1 e2');
  expect(withPerson('e1 e2', 'e2')).toBe('e1 e2');
  expect(withoutPerson('e1, e2', 'e1')).toBe('e2');
});

test('those of the task come first, whoever is chosen is not offered again', () => {
  expect(offered('', '', [WANG], [LI, WANG])).toEqual([WANG, LI]);
  expect(offered('李', '', [WANG], [LI])).toEqual([LI]);
  expect(offered('', 'e1', [WANG], [LI])).toEqual([LI]);
});

test('Enter takes whoever can only be meant', () => {
  expect(meant('王芳', [WANG, LI])).toEqual(WANG);
  expect(meant('王芳', [WANG, WANG_TOO])).toBeNull();
  expect(meant('e3', [WANG, WANG_TOO])).toEqual(WANG_TOO);
  expect(meant('慧', [LI])).toEqual(LI);
  expect([meant('', [LI]), meant('x', [])]).toEqual([null, null]);
});
