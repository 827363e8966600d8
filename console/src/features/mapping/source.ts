/** What a mapping can read, as rows: the fields of its inputs with what they hold in a chosen document. */

export interface SourceField {
  /** As an expression names it, list items without their number: `doc.lines[].gross`. */
  path: string;
  name: string;
  depth: number;
  /** The first value that stands there. */
  value: string | null;
  list: boolean;
}

/** Fields shown; a payload can be larger than any tree that helps. */
const FIELDS_MAX = 2_000;

export function fieldsOf(inputs: Record<string, unknown>): SourceField[] {
  const found: SourceField[] = [];
  const walk = (value: unknown, path: string, name: string, depth: number) => {
    if (found.length >= FIELDS_MAX) return;
    const list = Array.isArray(value);
    found.push({ path, name, depth, list, value: shown(value) });
    const inner = list ? joined(value) : value;
    if (inner === null || typeof inner !== 'object') return;
    for (const [key, below] of Object.entries(inner)) walk(below, `${path}${list ? '[]' : ''}${step(key)}`, key, depth + 1);
  };
  for (const [name, value] of Object.entries(inputs)) walk(value, name, name, 0);
  return found;
}

/** All keys that any item of a list has, each with the first value. */
function joined(items: unknown[]): unknown {
  const objects = items.filter((item): item is Record<string, unknown> => item !== null && typeof item === 'object');
  return objects.length === 0 ? null : Object.assign({}, ...[...objects].reverse());
}

function step(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return `[${value.length}]`;
  return typeof value === 'object' ? null : String(value);
}

/** A place that a rule read, as the tree names it: items without their number, the loop's name as what it runs over. */
export function placeOf(read: string, loops: readonly { as: string; over: string }[]): string {
  const plain = read.replace(/\[\d+\]/g, '[]');
  return [...loops].reverse().reduce((place, { as, over }) => {
    if (place !== as && !place.startsWith(`${as}.`) && !place.startsWith(`${as}[`)) return place;
    return `${over}[]${place.slice(as.length)}`;
  }, plain);
}

/** The same place as an expression of a rule inside these loops names it; null where no loop reaches it. */
export function nameOf(path: string, loops: readonly { as: string; over: string }[]): string | null {
  // The innermost loop is the nearest name.
  for (const { as, over } of [...loops].reverse()) {
    const whole = `${placeOf(over, loops)}[]`;
    if (path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`)) {
      const rest = path.slice(whole.length);
      return rest.includes('[]') ? null : as + rest;
    }
  }
  return path.includes('[]') ? null : path;
}
