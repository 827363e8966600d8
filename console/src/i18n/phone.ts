import type { LoadTexts } from './texts';

export const phoneTexts: LoadTexts = async (language) =>
  language === 'en' ? (await import('./en/phone')).phone : (await import('./zh/phone')).phone;
