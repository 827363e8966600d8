/** Where the fields of a revision came from, as the tree of its content asks for it. */
import type { Schemas } from '../../api/client';

export type Origin = Schemas['FieldOrigin'];
export type Origins = ReadonlyMap<string, Origin>;

export function byPath(items: readonly Origin[]): Origins {
  return new Map(items.map((item) => [item.path, item]));
}

/** The path of what stands inside a value, as the hub names places: `lines[0].quantity`. */
export function inside(path: string, name: string, list: boolean): string {
  if (list) return `${path}[${Number(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

export interface RuleAddress {
  /** The mapping, to open it; null where no definition stands in that file any more. */
  mapping: string | null;
  /** Its rule, as the mapping's page has it in its address. */
  rule: string;
  /** Its number as people count: from 1, those inside a loop behind a dot. */
  number: string;
}

/** The rule that makes a field: `fields[16]` of a file is rule 17 of the mapping in it. */
export function ruleOf(
  place: Schemas['RulePlace'],
  definitions: readonly Pick<Schemas['DefinitionItem'], 'kind' | 'id' | 'path'>[],
): RuleAddress {
  const steps = [...place.path.matchAll(/\[(\d+)\]/g)].map((match) => Number(match[1]));
  return {
    mapping: definitions.find((item) => item.kind === 'mapping' && item.path === place.file)?.id ?? null,
    rule: steps.join('.'),
    number: steps.map((step) => step + 1).join('.'),
  };
}
