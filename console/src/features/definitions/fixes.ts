/** Findings of the hub by places as the browser counts them, and the changes that settle them. */
import type { Schemas } from '../../api/client';
import type { Edit } from '../../yamltext/edits';

type Finding = Schemas['Finding'];

/** The hub counts characters; texts here count the halves of those outside the first plane, such as 🚚, as two. */
export function placed(findings: Finding[], path: string, text: string): Finding[] {
  if (!/[\ud800-\udbff]/.test(text)) return findings;
  const at = unitsOf(text);
  return findings.map((finding) => {
    if (finding.file !== path) return finding;
    const { offset, length } = finding.place;
    const place = { ...finding.place, offset: at(offset), length: at(offset + length) - at(offset) };
    const edits = finding.fix?.edits.map((edit) => ({ ...edit, offset: at(edit.offset) }));
    return { ...finding, place, ...(edits ? { fix: { edits } } : {}) };
  });
}

/** How many halves stand before so many characters. */
function unitsOf(text: string): (characters: number) => number {
  const starts: number[] = [];
  let units = 0;
  for (const character of text) {
    starts.push(units);
    units += character.length;
  }
  return (characters) => starts[characters] ?? units;
}

/** The change that settles a finding; null where there is none, or the text has moved on since it was checked. */
export function fixOf(finding: Finding, text: string): Edit[] | null {
  const edits = finding.fix?.edits ?? [];
  if (edits.length === 0) return null;
  if (edits.some(({ offset, was }) => text.slice(offset, offset + was.length) !== was)) return null;
  return edits.map(({ offset, was, insert }) => ({ from: offset, to: offset + was.length, insert }));
}
