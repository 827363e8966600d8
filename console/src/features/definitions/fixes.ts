/** Findings that say what was meant: the change that would settle them. */
import type { Schemas } from '../../api/client';
import type { Edit } from '../../yamltext/edits';

/** The word that the hub thinks was meant, put where the other one stands; null where it names none, or the text has moved on. */
export function fixOf(finding: Schemas['Finding'], text: string): Edit | null {
  const meant = /did you mean `([^`\n]+)`/.exec(finding.hint ?? '')?.[1];
  const { offset, length } = finding.place;
  const found = text.slice(offset, offset + length);
  const [, quote = '', word = ''] = /^(["']?)([^"'\n]+)\1$/.exec(found) ?? [];
  // Only what the finding itself speaks of is replaced: a text that was changed meanwhile has something else there.
  if (meant === undefined || word === '' || !finding.message.includes(`\`${word}\``)) return null;
  return { from: offset, to: offset + length, insert: `${quote}${meant}${quote}` };
}
