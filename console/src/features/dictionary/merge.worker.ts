/** Works a plan into a text beside the page: thousands of rows are read and judged several times, and the page goes on meanwhile. */
import { merged, type Plan } from './importing';
import { mergedIn } from './table';

export interface Order {
  /** The rows stand in a CSV file, not in a dictionary's text. */
  table: boolean;
  text: string;
  plan: Plan;
  removing: boolean;
}

addEventListener('message', ({ data }: MessageEvent<Order>) => {
  const work = data.table ? mergedIn : merged;
  postMessage(work(data.text, data.plan, data.removing));
});
