/** How two words about somebody are settled by the directory's text, as small edits of it. The text stays the truth. */
import { isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import type { Schemas } from '../../api/client';
import { apply, type Path, putSmall, putText, removeKey } from '../../yamltext/edits';

export type Conflict = Schemas['OrganisationConflict'];

/** `source`: its word counts more than the file's from now on. `file`: the file's does. `copy`: the file says what the source says. */
export type Way = 'source' | 'file' | 'copy';

export interface Settling {
  way: Way;
  /** The source it is about. */
  connection: string;
  /** What is written into the file. */
  value: string;
  /** The text after it; null where the way it is written leaves that to the text. */
  text: string | null;
}

/** What the directory's text can do about a conflict; nothing where only the systems themselves can. */
export function waysOf(conflict: Conflict, text: string): Settling[] {
  const { field, used, used_of, other, other_of } = conflict;
  // Whoever says that somebody has left is believed, and a word that cannot be used is mended where it was said.
  if (conflict.unusable || field === 'active' || used == null) return [];
  const counts = used_of ?? null;
  const differs = other_of ?? null;
  if ((counts === null) === (differs === null)) return [];
  const connection = counts ?? differs ?? '';
  const word = counts === null ? other : used;
  const turned = counts === null ? withWins(text, connection, field, true) : withWins(text, connection, field, false);
  return [
    { way: counts === null ? 'source' : 'file', connection, value: field, text: turned },
    { way: 'copy', connection, value: word, text: withWord(text, conflict, word) },
  ];
}

/** The text with a field that a source wins, or does not any more. */
function withWins(text: string, connection: string, field: string, wins: boolean): string | null {
  const root = mapOf(text);
  const sources = root?.get('sources', true);
  const index = isSeq(sources) ? sources.items.findIndex((item) => isMap(item) && item.get('connection') === connection) : -1;
  const source = isSeq(sources) ? sources.items[index] : undefined;
  if (!isMap(source)) return null;
  const known = source.get('wins', true);
  const fields = isSeq(known) ? known.items.map((item) => (isScalar(item) ? String(item.value) : '')) : [];
  const next = wins ? [...fields, field] : fields.filter((each) => each !== field);
  const path: Path = ['sources', index];
  const edits = next.length === 0 ? removeKey(text, path, 'wins') : putSmall(text, path, 'wins', next);
  return edits === null ? null : apply(text, edits);
}

/** The text with another word about a person or department. */
function withWord(text: string, { about, id, field }: Conflict, word: string): string | null {
  const list = about === 'department' ? 'departments' : 'users';
  const entries = mapOf(text)?.get(list, true);
  const index = isSeq(entries) ? entries.items.findIndex((item) => isMap(item) && String(item.get('id')) === id) : -1;
  if (index < 0) return null;
  const edits = putText(text, [list, index], field, word);
  return edits === null ? null : apply(text, edits);
}

/** Whether the text names this connection as a source. */
export function namesSource(text: string, connection: string): boolean {
  const sources = mapOf(text)?.get('sources', true);
  return isSeq(sources) && sources.items.some((item) => isMap(item) && item.get('connection') === connection);
}

function mapOf(text: string): YAMLMap | null {
  const root = parseDocument(text).contents;
  return isMap(root) ? root : null;
}
