/** Each pair of language, colours and width comes up at least once; accessibility is judged in both colours and at both ends of the widths. */
import { everyPage } from './looking';

everyPage('wide', [
  { language: 'en', theme: 'light', width: 1440, judged: true, anew: true },
  { language: 'zh-CN', theme: 'dark', width: 1440, judged: false },
  { language: 'en', theme: 'dark', width: 768, judged: false },
]);
