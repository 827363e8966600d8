/** Keys that work on every page. Single letters can be switched off, and never fire where somebody types. */
import { useEffect } from 'react';
import { lookNow } from './look';

const TYPING = 'input, textarea, select, [contenteditable="true"], [role="textbox"], .cm-editor';
/** Between the two letters of `g d`. */
const SECOND_WITHIN_MS = 1_500;

export interface GlobalKeys {
  search: () => void;
  help: () => void;
  /** `g` and this letter. */
  go: Record<string, () => void>;
}

export function useGlobalKeys(keys: GlobalKeys) {
  useEffect(() => {
    let began = 0;
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        keys.search();
        return;
      }
      const target = event.target as Element | null;
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing) return;
      if (!lookNow().keys || target?.closest(TYPING) || document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]'))
        return;
      if (began && event.timeStamp - began < SECOND_WITHIN_MS) {
        began = 0;
        const go = keys.go[event.key];
        if (go) {
          event.preventDefault();
          go();
        }
        return;
      }
      began = event.key === 'g' ? event.timeStamp : 0;
      if (event.key === '/') {
        event.preventDefault();
        keys.search();
      } else if (event.key === '?') {
        event.preventDefault();
        keys.help();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [keys]);
}
