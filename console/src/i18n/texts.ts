/** Which texts a page loads: the console all of them, the phone its own. */
import type { Language } from '../format/time';

export type Texts = Record<string, string>;

export async function consoleTexts(language: Language): Promise<Texts> {
  return language === 'en' ? (await import('./en')).en : (await import('./zh')).zh;
}

export async function phoneTexts(language: Language): Promise<Texts> {
  return language === 'en' ? (await import('./en/phone')).phone : (await import('./zh/phone')).phone;
}
