/** A connector's page of the manual, as pieces to show: its set-up steps in the vendor's words, and the connection of its example. */
import { isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { type Span, spans } from '../../app/help/page';
import type { Language } from '../../format/time';

export type Block =
  | { kind: 'title'; text: string }
  | { kind: 'text'; spans: Span[] }
  /** A step with its number; `more` stands below it. */
  | { kind: 'step'; number: number; spans: Span[]; more: Block[] }
  | { kind: 'item'; spans: Span[] }
  | { kind: 'code'; text: string };

/** The pages there are of one connector. */
export interface Readme {
  en: string;
  zh: string | null;
}

/** Parts of the page that say what a connector can and cannot: the gallery says it already. */
const NOT_STEPS = /^(What it (shows|offers|cannot)|What to know|提供|须知|它演示|做不到)/;

/** The parts of the page that say how it is set up; in English where there is no Chinese page. */
export function steps(readme: Readme, language: Language): { language: Language; blocks: Block[] } {
  const chinese = language === 'zh-CN' && readme.zh !== null;
  const page = chinese && readme.zh !== null ? readme.zh : readme.en;
  const parts = page
    .split(/^## /m)
    .slice(1)
    .filter((part) => !NOT_STEPS.test(part));
  // Where there is one part only, its title says no more than the card's.
  const shown = parts.flatMap((part): Block[] => {
    const [title = '', ...lines] = part.split('\n');
    return [...(parts.length > 1 ? [{ kind: 'title', text: title } as const] : []), ...blocks(lines)];
  });
  return { language: chinese ? 'zh-CN' : 'en', blocks: shown };
}

function blocks(lines: string[]): Block[] {
  const found: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    const step = /^(\d+)\. (.*)$/.exec(line);
    if (line.trim() === '' || line.startsWith('|')) {
      // Tables of the manual say what else there is; the steps do not need them.
      at += 1;
    } else if (line.startsWith('```')) {
      const end = lines.findIndex((each, index) => index > at && each.startsWith('```'));
      const until = end < 0 ? lines.length : end;
      found.push({ kind: 'code', text: lines.slice(at + 1, until).join('\n') });
      at = until + 1;
    } else if (step) {
      const end = lines.findIndex((each, index) => index > at && each.trim() !== '' && !/^\s{2,}/.test(each));
      const until = end < 0 ? lines.length : end;
      const inside = lines.slice(at + 1, until).map((each) => each.replace(/^ {3}/, ''));
      found.push({ kind: 'step', number: Number(step[1]), spans: said(step[2] ?? ''), more: blocks(inside) });
      at = until;
    } else {
      found.push(line.startsWith('- ') ? { kind: 'item', spans: said(line.slice(2)) } : { kind: 'text', spans: said(line) });
      at += 1;
    }
  }
  return found;
}

/** Links are told by their words: they lead into the sources, which a reader of the console does not have. */
function said(line: string): Span[] {
  return spans(
    line
      .trim()
      .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1')
      .replaceAll(/(?<!\*)\*(?![*\s])([^*]+)\*(?!\*)/g, '$1'),
  );
}

/** The connection that the page shows: what each setting looks like, and where it may call. */
export interface Example {
  settings: Record<string, string>;
  egress: string[];
}

export function example(readme: Readme): Example {
  const fence = /```yaml\n([\s\S]*?)```/g;
  for (const [, body = ''] of readme.en.matchAll(fence)) {
    const indent = /^ */.exec(body)?.[0] ?? '';
    const root = parseDocument(body.replaceAll(new RegExp(`^${indent}`, 'gm'), '')).contents;
    if (!isMap(root) || !root.has('connection')) continue;
    const settings = root.get('settings', true);
    const allow = root.getIn(['egress', 'allow'], true);
    return {
      settings: isMap(settings)
        ? Object.fromEntries(
            settings.items.map(({ key, value }) => [
              isScalar(key) ? String(key.value) : '',
              isScalar(value) ? String(value.value) : isMap(value) ? String(value.get('secret') ?? '') : '',
            ]),
          )
        : {},
      egress: isSeq(allow) ? allow.items.flatMap((item) => (isScalar(item) ? [String(item.value)] : [])) : [],
    };
  }
  return { settings: {}, egress: [] };
}
