/** The other half of `look-wide`: a file of its own, so that two workers share them. */
import { everyPage } from './looking';

everyPage('narrow', [
  { language: 'zh-CN', theme: 'dark', width: 320, judged: true },
  { language: 'en', theme: 'light', width: 320, judged: false },
  { language: 'zh-CN', theme: 'light', width: 768, judged: false },
]);
