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
}

const SOURCES = ['value', 'text', 'from', 'each', 'lookup', 'default'];
const OWN = ['to', 'fields', 'required'];

export function rules(text: string): Rule[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return isMap(document.contents) ? of(document.contents, 0, lines) : [];
}

function of(map: YAMLMap, depth: number, lines: LineCounter): Rule[] {
  const fields = map.get('fields', true);
  if (!isSeq(fields)) return [];
  return fields.items.flatMap((item) => {
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
      depth,
      line: lines.linePos(item.range?.[0] ?? 0).line,
    };
    return [rule, ...of(item, depth + 1, lines)];
  });
}

function word(value: unknown): string {
  return isScalar(value) ? String(value.value) : String(value ?? '');
}

function shown(node: Node | null | undefined): string {
  if (!node) return '';
  return isScalar(node) ? String(node.value) : JSON.stringify(node.toJSON());
}
