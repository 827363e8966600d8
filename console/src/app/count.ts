import { useCallback } from 'react';
import { grouped } from '../format/count';
import { useLanguage } from '../i18n';

/** A number of things as the reader's language writes it. */
export function useCount() {
  const { language } = useLanguage();
  return useCallback((count: number) => grouped(count, language), [language]);
}
