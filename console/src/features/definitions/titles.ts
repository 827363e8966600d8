import type { Language } from '../../format/time';

/** A definition's title in the reader's language, else in any, else its id. */
export function titleOf(item: { id: string; title: Record<string, string> }, language: Language): string {
  const own = language === 'en' ? item.title.en : (item.title.zh ?? item.title['zh-CN']);
  return own ?? Object.values(item.title)[0] ?? item.id;
}

interface Item {
  kind: string;
  id: string;
  title: Record<string, string>;
}

/** Things to choose from by what people call them, with their ids beside where those are others; in the order of the names. */
export function choicesOf(
  kind: string,
  ids: readonly string[],
  items: readonly Item[] | undefined,
  language: Language,
): { id: string; name: string; detail?: string }[] {
  const found = new Map(items?.filter((item) => item.kind === kind).map((item) => [item.id, item]));
  return ids
    .map((id) => {
      const item = found.get(id);
      const name = item ? titleOf(item, language) : id;
      return name === id ? { id, name } : { id, name, detail: id };
    })
    .sort((one, other) => one.name.localeCompare(other.name, language));
}
