/** The rules of a mapping's text as rows; the text stays the truth. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';

export interface Rule {
  to: string;
  /** Which key makes the value: `value`, `text`, `from`, `each`, … */
  how: string;
  source: string;
  options: string[];
  required: boolean;
  depth: number;
  line: number;
  /** Where its item stands in the text. */
  path: (string | number)[];
  /** The names that the loops around it give to their items, outermost first: `line` for `doc.lines`. */
  loops: { as: string; over: string }[];
}

const SOURCES = ['value', 'text', 'from', 'each', 'lookup', 'default'];
const OWN = ['to', 'fields', 'required'];

export function rules(text: string): Rule[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return isMap(document.contents) ? of(document.contents, [], [], lines) : [];
}

function of(map: YAMLMap, path: (string | number)[], loops: Rule['loops'], lines: LineCounter): Rule[] {
  const fields = map.get('fields', true);
  if (!isSeq(fields)) return [];
  return fields.items.flatMap((item, index) => {
    if (!isMap(item)) return [];
    const how = SOURCES.find((name) => item.has(name)) ?? '';
    const options = item.items
      .filter((pair) => ![...OWN, how].includes(word(pair.key)))
      .map((pair) => `${word(pair.key)}: ${shown(pair.value as Node)}`);
    const rule: Rule = {
      to: word(item.get('to')),
      how,
      source: how ? shown(item.get(how, true) as Node) : '',
      options,
      required: item.get('required') === true,
      depth: loops.length,
      line: lines.linePos(item.range?.[0] ?? 0).line,
      path: [...path, 'fields', index],
      loops,
    };
    const inside = how === 'each' ? [...loops, { as: word(item.get('as')) || 'item', over: rule.source }] : loops;
    return [rule, ...of(item, rule.path, inside, lines)];
  });
}

function word(value: unknown): string {
  return isScalar(value) ? String(value.value) : String(value ?? '');
}

function shown(node: Node | null | undefined): string {
  if (!node) return '';
  return isScalar(node) ? String(node.value) : JSON.stringify(node.toJSON());
}
