/** What the phone's page says of all this: its tasks, and what goes wrong. Everything else stays away from it. */
import { problems } from './problems.ts';
import { shell } from './shell.ts';
import { tasks } from './tasks.ts';
import { words } from './words.ts';

export const phone = { ...problems, ...shell, ...tasks, ...words };
