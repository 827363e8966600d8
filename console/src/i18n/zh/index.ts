/** The Chinese texts, in the same files as the English ones. */
import type { en } from '../en';
import { acting } from './acting.ts';
import { audit } from './audit.ts';
import { connecting } from './connecting.ts';
import { definitions } from './definitions.ts';
import { documents } from './documents.ts';
import { forms } from './forms.ts';
import { insight } from './insight.ts';
import { ledger } from './ledger.ts';
import { notices } from './notices.ts';
import { operations } from './operations.ts';
import { organisation } from './organisation.ts';
import { problems } from './problems.ts';
import { sample } from './sample.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';
import { tables } from './tables.ts';
import { tasks } from './tasks.ts';
import { words } from './words.ts';

export const zh: Record<keyof typeof en, string> = {
  ...acting,
  ...audit,
  ...connecting,
  ...definitions,
  ...documents,
  ...forms,
  ...insight,
  ...ledger,
  ...notices,
  ...operations,
  ...organisation,
  ...problems,
  ...sample,
  ...settings,
  ...shell,
  ...tables,
  ...tasks,
  ...words,
};
