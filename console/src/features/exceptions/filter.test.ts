import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { en } from '../../i18n/en';
import { CAUSES, ofGroup } from './filter';

test('a group is acted on as the page shows it: within the filter, and what is open', () => {
  expect(ofGroup({}, 'g')).toEqual({ group: 'g', state: 'open' });
  expect(ofGroup({ owner: 'role:buyers', since: '2026-01-01T00:00:00Z', cause: undefined, state: 'closed' }, 'g')).toEqual({
    owner: 'role:buyers',
    since: '2026-01-01T00:00:00Z',
    group: 'g',
    state: 'open',
  });
});

test('every cause that the API names can be chosen, and has a word', () => {
  const schema = readFileSync(new URL('../../api/schema.d.ts', import.meta.url), 'utf8');
  const list = schema.slice(schema.indexOf('    list_exceptions: {'));
  const described = /@description ([^*]*)\*\/\s*cause\?: string;/.exec(list)?.[1] ?? '';
  const named = [...described.matchAll(/`(\w+)`/g)].map((match) => match[1]);
  expect(named.length).toBeGreaterThan(4);
  expect(CAUSES).toEqual(named);
  for (const cause of CAUSES) expect(en).toHaveProperty([`cause.${cause}`]);
});
