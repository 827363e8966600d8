/** Counts as the reader's language writes them. Amounts are no numbers; they are in `amount.ts`. */
import type { Language } from './time';

export function grouped(count: number, language: Language): string {
  return new Intl.NumberFormat(language).format(count);
}

/** Whether somebody has typed this count, with or without what groups its digits. */
export function isTyped(text: string, count: number): boolean {
  return text.replace(/[\s,.，’']/g, '') === String(count);
}
