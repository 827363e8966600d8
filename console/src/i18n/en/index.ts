/** The English texts, a file for each area. Keys are the same in every language; the build refuses a missing one. */
import { acting } from './acting';
import { definitions } from './definitions';
import { documents } from './documents';
import { forms } from './forms';
import { ledger } from './ledger';
import { operations } from './operations';
import { problems } from './problems';
import { shell } from './shell';
import { words } from './words';

export const en = {
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
