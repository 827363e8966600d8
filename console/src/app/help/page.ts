/** A code's page of the manual, as pieces to show: the manual is Markdown of a few plain forms in both languages. */
import type { Language } from '../../format/time';

export type Block = { kind: 'title' | 'text' | 'item'; spans: Span[] };
export interface Span {
  text: string;
  look: 'plain' | 'code' | 'strong';
}

/** The part of a page that is in the reader's language; the first line names the code and is left out. */
export function part(page: string, language: Language): Block[] {
  const body = page.slice(page.indexOf('\n') + 1);
  const [english = '', chinese] = body.split(/^## 中文$/m);
  return blocks(language === 'zh-CN' && chinese ? chinese : english);
}

function blocks(text: string): Block[] {
  return text
    .split(/\n\s*\n/)
    .flatMap((paragraph) => (/^\s*- /.test(paragraph) ? paragraph.trim().split('\n') : [paragraph.trim().replaceAll('\n', ' ')]))
    .filter((line) => line !== '')
    .map((line): Block => {
      if (line.startsWith('## ')) return { kind: 'title', spans: spans(line.slice(3)) };
      if (line.startsWith('- ')) return { kind: 'item', spans: spans(line.slice(2)) };
      return { kind: 'text', spans: spans(line) };
    });
}

/** Words in backticks and in double stars; everything else is text as it stands. */
export function spans(line: string): Span[] {
  return line
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter((piece) => piece !== '')
    .map((piece): Span => {
      if (piece.startsWith('`') && piece.length > 2) return { text: piece.slice(1, -1), look: 'code' };
      if (piece.startsWith('**') && piece.length > 4) return { text: piece.slice(2, -2), look: 'strong' };
      return { text: piece, look: 'plain' };
    });
}
