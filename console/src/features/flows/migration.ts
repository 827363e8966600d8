/** What moving one instance to another version means, line by line. */
import type { Schemas } from '../../api/client';

export interface Told {
  what: 'obstacle' | 'why' | 'lost' | 'not_run' | 'open' | 'note';
  of: string;
}

/** What stands in the way first, then what it would lose, then the rest. */
export function told(item: Schemas['MigrationItem']): Told[] {
  const place = ({ step, message }: Schemas['Obstacle']) => (step ? `${step}: ${message}` : message);
  const steps = (what: Told['what'], list: readonly string[]): Told[] => (list.length > 0 ? [{ what, of: list.join(', ') }] : []);
  return [
    ...item.obstacles.map((obstacle): Told => ({ what: 'obstacle', of: place(obstacle) })),
    ...(item.why ? [{ what: 'why' as const, of: item.why }] : []),
    ...steps('lost', item.lost),
    ...steps('not_run', item.not_run),
    ...steps('open', item.open_effects),
    ...(item.notes ?? []).map((note): Told => ({ what: 'note', of: place(note) })),
  ];
}
