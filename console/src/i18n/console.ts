import type { LoadTexts } from './texts';

export const consoleTexts: LoadTexts = async (language) =>
  language === 'en' ? (await import('./en')).en : (await import('./zh')).zh;
