/** The same for the phone's page, in Chinese. */
import type { phone as english } from '../en/phone';
import { problems } from './problems.ts';
import { shell } from './shell.ts';
import { tasks } from './tasks.ts';
import { words } from './words.ts';

export const phone: Record<keyof typeof english, string> = { ...problems, ...shell, ...tasks, ...words };
