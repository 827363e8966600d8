/** A page's texts by their keys, and who brings them: the console loads all of them, the phone its own. */
import type { Language } from '../format/time';

export type Texts = Record<string, string>;
export type LoadTexts = (language: Language) => Promise<Texts>;
