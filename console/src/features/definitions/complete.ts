/**
 * What may be written at a place of a definition's text: keys and words from the schema of its kind. Works on text that is
 * being written, so it reads lines and indentation rather than asking for YAML that parses.
 */

export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  definitions?: Record<string, Schema>;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  type?: string | string[];
  description?: string;
}

export interface Offer {
  label: string;
  kind: 'key' | 'word';
  detail?: string;
}

/** A step of a path: a key, or any place of a list. */
type Step = string | number;

const KEY = /^(\s*)((?:-\s+)*)(?:"([^"]+)"|'([^']+)'|([\w.[\]'’-]+))\s*:(?:\s|$)/;
/** Schemas refer to themselves; deeper than this nobody writes. */
const DEPTH_MAX = 40;

export interface Spot {
  /** The keys around the place. */
  path: Step[];
  /** What is being written, to its beginning. */
  from: number;
  /** Whether a key or a value is being written. */
  writing: 'key' | 'value';
}

/** Where in the structure an offset is. */
export function spotAt(text: string, offset: number): Spot {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(start, offset);
  const before = text.slice(0, start).split('\n').slice(0, -1);
  const open = inline(line);
  if (open) {
    const lead = /^\s*/.exec(line)?.[0].length ?? 0;
    const outer = [...above(before, lead, /^\s*-\s/.test(line)), ...own(line.slice(0, open.at))];
    return { path: [...outer, ...open.path], from: start + open.from, writing: open.writing };
  }
  const match = KEY.exec(line);
  if (match) {
    const dashes = (match[2] ?? '').length;
    const key = match[3] ?? match[4] ?? match[5] ?? '';
    const column = (match[1] ?? '').length + dashes;
    const value = line.slice(match[0].length);
    const list: Step[] = dashes > 0 ? [0] : [];
    return {
      path: [...above(before, column - dashes, dashes > 0), ...list, key],
      from: start + line.length - value.trimStart().length,
      writing: 'value',
    };
  }
  const rest = /^(\s*)((?:-\s+)*)(.*)$/.exec(line);
  const dashes = (rest?.[2] ?? '').length;
  const column = (rest?.[1] ?? '').length;
  return {
    path: [...above(before, column, dashes > 0), ...(dashes > 0 ? [0] : [])],
    from: offset - (rest?.[3] ?? '').length,
    writing: 'key',
  };
}

/** The key that a line has before its `{` or `[`. */
function own(line: string): Step[] {
  const match = KEY.exec(line);
  if (!match) return (/^\s*-\s/.test(line) ? [0] : []) as Step[];
  return [...((match[2] ?? '').length > 0 ? [0] : []), match[3] ?? match[4] ?? match[5] ?? ''];
}

/** The keys of the lines above that a line of this indentation stands under, outermost first. */
function above(lines: string[], column: number, dash = false): Step[] {
  const path: Step[] = [];
  let limit = column;
  let item = dash;
  for (let at = lines.length - 1; at >= 0 && (limit > 0 || item); at -= 1) {
    const line = lines[at] ?? '';
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const match = KEY.exec(line);
    const lead = /^\s*/.exec(line)?.[0].length ?? 0;
    const dashes = match ? (match[2] ?? '').length : (/^\s*((?:-\s+)*)/.exec(line)?.[1]?.length ?? 0);
    const place = lead + dashes;
    // A list may stand at the indentation of its key.
    if (match && dashes === 0 && (place < limit || (item && place <= limit))) {
      path.unshift(match[3] ?? match[4] ?? match[5] ?? '');
      limit = place;
      item = false;
    } else if (dashes > 0 && lead < limit) {
      if (match && place < limit) path.unshift(match[3] ?? match[4] ?? match[5] ?? '');
      path.unshift(0);
      limit = lead;
      item = true;
    }
  }
  return path;
}

/** Inside `{…}` or `[…]` that is still open on this line. */
function inline(line: string): { at: number; path: Step[]; from: number; writing: 'key' | 'value' } | null {
  const stack: { mark: string; at: number; key: Step | null }[] = [];
  let quote = '';
  let token = 0;
  let key: string | null = null;
  for (let at = 0; at < line.length; at += 1) {
    const letter = line[at] ?? '';
    if (quote) {
      if (letter === quote) quote = '';
      continue;
    }
    if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '#' && /\s/.test(line[at - 1] ?? '')) return null;
    else if (letter === '{' || letter === '[') {
      stack.push({ mark: letter, at, key: stack.length === 0 ? null : (key ?? 0) });
      key = null;
      token = at + 1;
    } else if (letter === '}' || letter === ']') {
      stack.pop();
      key = null;
    } else if (letter === ',' && stack.length > 0) {
      key = null;
      token = at + 1;
    } else if (letter === ':' && stack.at(-1)?.mark === '{' && key === null) {
      key = line
        .slice(token, at)
        .trim()
        .replace(/^["']|["']$/g, '');
      token = at + 1;
    }
  }
  const first = stack[0];
  if (!first || quote) return null;
  const path: Step[] = stack.slice(1).flatMap((open) => (open.key === null ? [] : [open.key]));
  const last = stack.at(-1);
  const blank = /^\s*/.exec(line.slice(token))?.[0].length ?? 0;
  if (last?.mark === '[') return { at: first.at, path: [...path, 0], from: token + blank, writing: 'value' };
  return { at: first.at, path: key === null ? path : [...path, key], from: token + blank, writing: key === null ? 'key' : 'value' };
}

/** What a schema allows at a place. */
export function offersAt(root: Schema, spot: Spot): Offer[] {
  let here = spread(root, root);
  for (const step of spot.path) here = here.flatMap((schema) => into(schema, step).flatMap((inner) => spread(inner, root)));
  const found = new Map<string, Offer>();
  for (const schema of here) {
    if (spot.writing === 'key') {
      for (const [label, inner] of Object.entries(schema.properties ?? {}))
        found.set(label, { label, kind: 'key', detail: inner.description ?? spread(inner, root)[0]?.description });
    } else {
      const words = [
        ...(schema.enum ?? []),
        ...(schema.const === undefined ? [] : [schema.const]),
        ...(schema.type === 'boolean' ? [true, false] : []),
      ];
      for (const word of words) found.set(String(word), { label: String(word), kind: 'word', detail: schema.description });
    }
  }
  return [...found.values()];
}

function into(schema: Schema, step: Step): Schema[] {
  if (typeof step === 'number') return typeof schema.items === 'object' ? [schema.items] : [];
  const known = schema.properties?.[step];
  if (known) return [known];
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : [];
}

/** A schema with everything it refers to or is one of. */
function spread(schema: Schema, root: Schema, depth = 0): Schema[] {
  if (depth > DEPTH_MAX) return [];
  const several = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])];
  const referred = schema.$ref ? [named(schema.$ref, root)] : [];
  return [schema, ...[...several, ...referred].flatMap((inner) => (inner ? spread(inner, root, depth + 1) : []))];
}

function named(reference: string, root: Schema): Schema | undefined {
  return reference
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .reduce<unknown>(
      (at, part) =>
        at !== null && typeof at === 'object'
          ? (at as Record<string, unknown>)[part.replaceAll('~1', '/').replaceAll('~0', '~')]
          : undefined,
      root,
    ) as Schema | undefined;
}
