import type { Language } from '../../format/time';

/** A definition's title in the reader's language, else in any, else its id. */
export function titleOf(item: { id: string; title: Record<string, string> }, language: Language): string {
  const own = language === 'en' ? item.title.en : (item.title.zh ?? item.title['zh-CN']);
  return own ?? Object.values(item.title)[0] ?? item.id;
}
