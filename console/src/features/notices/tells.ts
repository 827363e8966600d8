/** What a flow's text says about telling people, by step and event, and small edits of it. The text stays the truth. */
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { apply, type Edit, type Path, putSmall, putText, removeKey, type Small } from '../../yamltext/edits';

/** What people are told of, in the order of the guide. */
export const EVENTS = ['turn', 'copied', 'returned', 'mentioned', 'urged', 'reminded', 'escalated'] as const;
export type Event = (typeof EVENTS)[number];

/** How people are told of one thing; all empty is the hub's own way. */
export interface Tell {
  template: string;
  channels: string[];
  urgent: boolean;
}

export const OWN: Tell = { template: '', channels: [], urgent: false };

/** A place where it can be said how people are told: the whole flow, or a step. */
export interface Place {
  /** The step's id; empty for the flow. */
  step: string;
  title: Record<string, string>;
  path: Path;
  tells: Partial<Record<Event, Tell>>;
}

/** A step that tells by itself. */
export interface Telling {
  step: string;
  path: Path;
  to: string;
  channel: string;
  template: string;
}

export interface Told {
  places: Place[];
  tellings: Telling[];
}

/** Steps at which people are asked or waited for; others tell nobody, unless they say so. */
const ASKING = ['approve', 'task', 'await'];

export function told(text: string): Told {
  const root = parseDocument(text).contents;
  const found: Told = { places: [], tellings: [] };
  if (!isMap(root)) return found;
  found.places.push(placeOf(root, []));
  walk(root, [], found);
  return found;
}

function walk(node: unknown, path: Path, found: Told) {
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const at = [...path, index];
      if (path.at(-1) === 'steps' && isMap(item)) step(item, at, found);
      walk(item, at, found);
    }
  } else if (isMap(node)) for (const { key, value } of node.items) walk(value, [...path, word(key)], found);
}

function step(map: YAMLMap, path: Path, found: Told) {
  if (ASKING.some((key) => map.has(key)) || map.has('notices')) found.places.push(placeOf(map, path));
  if (map.has('notify'))
    found.tellings.push({
      step: word(map.get('id', true)),
      path,
      to: whom(map.get('notify', true)),
      channel: word(map.get('channel', true)),
      template: word(map.get('template', true)),
    });
}

function placeOf(map: YAMLMap, path: Path): Place {
  const notices = map.get('notices', true);
  const tells: Place['tells'] = {};
  if (isMap(notices))
    for (const event of EVENTS) {
      const tell = notices.get(event, true);
      if (isMap(tell))
        tells[event] = {
          template: word(tell.get('template', true)),
          channels: words(tell.get('channels', true)),
          urgent: tell.get('urgent') === true,
        };
    }
  const title = map.get('title', true);
  return {
    step: path.length === 0 ? '' : word(map.get('id', true)),
    title: isMap(title) ? (title.toJSON() as Record<string, string>) : isScalar(title) ? { en: word(title), zh: word(title) } : {},
    path,
    tells,
  };
}

function word(node: unknown): string {
  return isScalar(node) ? String(node.value ?? '') : '';
}

function words(node: unknown): string[] {
  if (isSeq(node)) return node.items.map(word);
  return isScalar(node) ? [word(node)] : [];
}

/** Whom, in a line: `role: procurement_head`. */
function whom(node: unknown): string {
  if (isMap(node)) return node.items.map(({ key, value }) => `${word(key)}: ${words(value).join(', ')}`).join(' · ');
  return words(node).join(', ');
}

/** The text with another way of telling; null where the way it is written leaves that to the text. */
export function withTell(text: string, place: Place, event: Event, tell: Tell): string | null {
  const value: Record<string, Small> = {
    ...(tell.template ? { template: tell.template } : {}),
    ...(tell.channels.length > 0 ? { channels: tell.channels } : {}),
    ...(tell.urgent ? { urgent: true } : {}),
  };
  const notices = parseDocument(text).getIn([...place.path, 'notices'], true);
  const inside = [...place.path, 'notices'];
  let edits: Edit[] | null;
  if (Object.keys(value).length > 0)
    edits = isMap(notices) ? putSmall(text, inside, event, value) : putSmall(text, place.path, 'notices', { [event]: value });
  else if (!isMap(notices) || !notices.has(event)) edits = [];
  // What says nothing any more goes whole.
  else edits = notices.items.length === 1 ? removeKey(text, place.path, 'notices') : removeKey(text, inside, event);
  return edits === null ? null : apply(text, edits);
}

/** The text with another template of a step that tells by itself. */
export function withTemplate(text: string, telling: Telling, template: string): string | null {
  const edits = putText(text, telling.path, 'template', template);
  return edits === null ? null : apply(text, edits);
}
