/** The Chinese texts, in the same files as the English ones. */
import type { en } from '../en';
import { acting } from './acting';
import { definitions } from './definitions';
import { documents } from './documents';
import { forms } from './forms';
import { ledger } from './ledger';
import { operations } from './operations';
import { problems } from './problems';
import { shell } from './shell';
import { words } from './words';

export const zh: Record<keyof typeof en, string> = {
  ...acting,
  ...definitions,
  ...documents,
  ...forms,
  ...ledger,
  ...operations,
  ...problems,
  ...shell,
  ...words,
};
