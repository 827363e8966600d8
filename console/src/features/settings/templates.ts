/** A notice template's texts by language, and how it would read with a document's fields put in. */
import { isMap, isScalar, parseDocument } from 'yaml';

export interface Said {
  language: string;
  subject: string;
  text: string;
}

/** Every language of a template; one that is written once for all has no language. */
export function said(text: string): Said[] {
  const root = parseDocument(text).contents;
  if (!isMap(root)) return [];
  const of = (key: string): Map<string, string> => {
    const node: unknown = root.get(key, true);
    if (isScalar(node)) return new Map([['', String(node.value ?? '')]]);
    if (!isMap(node)) return new Map();
    return new Map(
      node.items.map(({ key: name, value }) => [
        isScalar(name) ? String(name.value) : '',
        isScalar(value) ? String(value.value ?? '') : '',
      ]),
    );
  };
  const [subjects, texts] = [of('subject'), of('text')];
  return [...new Set([...subjects.keys(), ...texts.keys()])].map((language) => ({
    language,
    subject: subjects.get(language) ?? subjects.get('') ?? '',
    text: texts.get(language) ?? texts.get('') ?? '',
  }));
}

export interface Piece {
  text: string;
  /** `put` where a field stands, `open` where the hub would have to say what comes there. */
  kind: 'plain' | 'put' | 'open';
}

/** The text with what `{{doc.…}}` holds; anything else that stands in braces is left as it is written, and marked. */
export function filled(text: string, doc: unknown): Piece[] {
  return text
    .split(/(\{\{[^}]*\}\})/)
    .filter((piece) => piece !== '')
    .map((piece): Piece => {
      if (!piece.startsWith('{{')) return { text: piece, kind: 'plain' };
      const path = /^\{\{\s*doc\.([\w.]+)\s*\}\}$/.exec(piece)?.[1];
      const value = path === undefined ? undefined : path.split('.').reduce<unknown>(member, doc);
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? { text: String(value), kind: 'put' }
        : { text: piece, kind: 'open' };
    });
}

function member(of: unknown, name: string): unknown {
  return of !== null && typeof of === 'object' && Object.hasOwn(of, name) ? (of as Record<string, unknown>)[name] : undefined;
}
