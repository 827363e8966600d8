/** People that somebody chooses: ids in a text, as acts are given them, one put in or taken out at a time. */
import { idsOf } from './verbs';

export interface Person {
  person: string;
  name: string;
  department?: string | null;
}

export function withPerson(text: string, person: string): string {
  return [...new Set([...idsOf(text), person])].join(' ');
}

export function withoutPerson(text: string, person: string): string {
  return idsOf(text)
    .filter((id) => id !== person)
    .join(' ');
}

/** Whom what was typed can mean, without those who are chosen; those of the task that the letters fit, before the directory's. */
export function offered(asked: string, chosen: string, near: readonly Person[], found: readonly Person[]): Person[] {
  const word = asked.trim().toLowerCase();
  const gone = new Set(idsOf(chosen));
  const fits = ({ person, name }: Person) => word === '' || `${person} ${name}`.toLowerCase().includes(word);
  const all = [...near.filter(fits), ...found];
  return all.filter(({ person }, index) => !gone.has(person) && all.findIndex((each) => each.person === person) === index);
}

/** Who is meant by pressing Enter: the only one that is offered, or the one whose id or name was typed whole. */
export function meant(asked: string, offers: readonly Person[]): Person | null {
  const word = asked.trim().toLowerCase();
  if (word === '') return null;
  const whole = offers.filter(({ person, name }) => person.toLowerCase() === word || name.toLowerCase() === word);
  return whole.length === 1 ? (whole[0] ?? null) : offers.length === 1 ? (offers[0] ?? null) : null;
}
