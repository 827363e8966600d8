import { expect, test } from 'vitest';
import { readCsv } from '../../format/csv';
import { plan } from './importing';
import { knownIn, mergedIn } from './table';

const TEXT = '\ufefffrom,to,valid_from,note\r\ne1, u1 ,2020-01-01,"a, b"\r\n\r\ne2,u2,,\r\n"e3",u3,,';

function merged(csv: string, removing = false) {
  const found = plan(knownIn(TEXT), readCsv(csv), 'en', new Map());
  return found && mergedIn(TEXT, found, removing);
}

test('rows of a file are read as the hub reads them', () => {
  expect(knownIn(TEXT).map(({ values }) => values)).toEqual([
    { from: 'e1', to: 'u1', valid_from: '2020-01-01' },
    { from: 'e2', to: 'u2' },
    { from: 'e3', to: 'u3' },
  ]);
  expect(knownIn('')).toEqual([]);
});

test('only the lines that change are written anew, and new ones stand at the end', () => {
  expect(merged('from,to\ne1,u1\ne2,u9\ne4,"u,4"\n')).toBe(TEXT.replace('e2,u2,,', 'e2,u9,,').concat('\r\ne4,"u,4",,\r\n'));
  expect(merged('from,to,valid_from\ne1,u1,2021-05-06\n', true)).toBe(
    '\ufefffrom,to,valid_from,note\r\ne1,u1,2021-05-06,"a, b"\r\n\r\n',
  );
  expect(merged('from,to\ne1,u1\ne2,u2\ne3,u3\n')).toBe(TEXT);
});

test('a column that the file does not have is not made up', () => {
  expect(merged('from,to,valid_to\ne1,u1,2030-01-01\n')).toBeNull();
  expect(merged('from,to,name\ne5,u5,five\n')).toBeNull();
  expect(merged('from,to,name\ne5,u5,\n')).toContain('e5,u5,,\r\n');
});
