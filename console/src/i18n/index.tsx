/** Texts in the reader's language. Code names keys; no sentence stands in it. */
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { IntlProvider, useIntl } from 'react-intl';
import type { Language } from '../format/time';
import type { en } from './en';
import type { LoadTexts, Texts } from './texts';

export type Key = keyof typeof en;
export type Values = Record<string, string | number>;

const STORED = 'waybill.language';
const Choice = createContext<{ language: Language; choose: (language: Language) => void }>({
  language: 'zh-CN',
  choose: () => undefined,
});

function first(): Language {
  const asked = new URLSearchParams(location.search).get('lang') ?? stored(STORED);
  if (asked === 'en' || asked === 'zh-CN') return asked;
  return navigator.language.toLowerCase().startsWith('en') ? 'en' : 'zh-CN';
}

/** Reads what this browser remembers; storage can be forbidden. */
export function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Remembers something in this browser; false where that is forbidden or there is no room, and it is asked again next time. */
export function store(key: string, value: string): boolean {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

export function Languages({ children, texts }: { children: ReactNode; texts: LoadTexts }) {
  const [language, setLanguage] = useState(first);
  const [loaded, setLoaded] = useState<{ language: Language; texts: Texts } | null>(null);
  useEffect(() => {
    let current = true;
    texts(language).then((found) => current && setLoaded({ language, texts: found }));
    return () => {
      current = false;
    };
  }, [language, texts]);
  useEffect(() => {
    if (loaded) document.documentElement.lang = loaded.language;
  }, [loaded]);
  const choice = useMemo(() => {
    const choose = (next: Language) => {
      store(STORED, next);
      setLanguage(next);
    };
    return { language: loaded?.language ?? language, choose };
  }, [language, loaded]);
  if (!loaded) return null;
  return (
    <Choice.Provider value={choice}>
      <IntlProvider locale={loaded.language} messages={loaded.texts} onError={missing}>
        {children}
      </IntlProvider>
    </Choice.Provider>
  );
}

/** The build refuses missing keys; anything that still gets here is a fault worth seeing. */
function missing(error: { code: string; message: string }) {
  if (error.code !== 'MISSING_DATA') console.error(error.message);
}

export function useLanguage() {
  return useContext(Choice);
}

/** `t('key', {values})`. */
export function useT() {
  const intl = useIntl();
  return useCallback((key: Key, values?: Values) => intl.formatMessage({ id: key }, values), [intl]);
}

/**
 * A word of the hub's vocabulary, such as a status. Companies add words of their own, and those have no translation: they are
 * shown as they are.
 */
export function useWord() {
  const intl = useIntl();
  return useCallback(
    (room: string, word: string | null | undefined) => {
      if (!word) return '';
      const key = `${room}.${word.replaceAll('-', '_')}`;
      return key in intl.messages ? intl.formatMessage({ id: key }) : word.replaceAll('_', ' ');
    },
    [intl],
  );
}

/** The side of a text that the hub gives in both languages. */
export function useSaid() {
  const { language } = useLanguage();
  return useCallback((words: { en: string; zh: string }) => (language === 'en' ? words.en : words.zh), [language]);
}
