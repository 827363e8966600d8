/** What a forecast says of a step, apart from how it is drawn. */
import type { Schemas } from '../../api/client';

type Coming = Schemas['ComingItem'];

/** Who is asked at a step: people, nobody because all shares pass or the rules lead to none, or not known before. */
export type Whom =
  | { kind: 'people'; people: string[]; passes: string[] }
  | { kind: 'passes'; passes: string[] }
  | { kind: 'nobody' }
  | { kind: 'later' };

export function whom(coming: Coming): Whom {
  if (!coming.known) return { kind: 'later' };
  const people = coming.people.filter((person) => !coming.passes.includes(person));
  if (people.length > 0) return { kind: 'people', people, passes: coming.passes };
  return coming.passes.length > 0 ? { kind: 'passes', passes: coming.passes } : { kind: 'nobody' };
}
