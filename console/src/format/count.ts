/** How many, with its digits grouped as the reader's language does. */
import type { Language } from './time';

const FORMATS: Partial<Record<Language, Intl.NumberFormat>> = {};

export function grouped(count: number, language: Language): string {
  FORMATS[language] ??= new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  return FORMATS[language].format(count);
}

/** Whether somebody has typed this count, with or without what groups its digits. */
export function isTyped(text: string, count: number): boolean {
  return text.replace(/[\s,.，’']/g, '') === String(count);
}
