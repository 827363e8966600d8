/** The connectors that come with the product, with their manual and what they need beside them. A piece of its own, read when one is chosen. */
import { namesUnder } from './connector';
import type { Readme } from './readme';

const CONNECTORS = import.meta.glob<string>('../../../../connectors/*/connector.yaml', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const ENGLISH = import.meta.glob<string>('../../../../connectors/*/README.md', { query: '?raw', import: 'default', eager: true });
const CHINESE = import.meta.glob<string>('../../../../connectors/*/README.zh-CN.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const MAPPINGS = import.meta.glob<string>('../../../../mappings/*_order.yaml', { query: '?raw', import: 'default', eager: true });
const DICTIONARIES = import.meta.glob<string>('../../../../dictionaries/*.yaml', { query: '?raw', import: 'default', eager: true });
const SAMPLES = import.meta.glob<string>('../../../../samples/*-order-*.json', { query: '?raw', import: 'default', eager: true });

export interface GalleryItem {
  id: string;
  text: string;
  readme: Readme | null;
}

/** By id. */
export const GALLERY: ReadonlyMap<string, GalleryItem> = new Map(
  Object.entries(CONNECTORS).map(([path, text]): [string, GalleryItem] => {
    const folder = path.slice(0, path.lastIndexOf('/'));
    const id = folder.slice(folder.lastIndexOf('/') + 1);
    const english = ENGLISH[`${folder}/README.md`];
    // One page has both languages under headings of its own.
    const [en = '', inside] = (english ?? '').split(/^## 中文$/m);
    const zh = CHINESE[`${folder}/README.zh-CN.md`] ?? (inside ? inside.replaceAll(/^### /gm, '## ') : null);
    return [id, { id, text, readme: english ? { en, zh } : null }];
  }),
);

/** A definition or file that a connector of the gallery brings along. */
export interface Part {
  kind: string;
  id: string;
  path: string;
  text: string;
}

/** The connector, the mappings of its events, the dictionaries of these, and the samples that their cases name. */
export function partsOf(item: GalleryItem): Part[] {
  const parts: Part[] = [{ kind: 'connector', id: item.id, path: `connectors/${item.id}/connector.yaml`, text: item.text }];
  for (const mapping of namesUnder(item.text, 'map')) {
    const text = MAPPINGS[`../../../../mappings/${mapping}.yaml`];
    if (text === undefined) continue;
    parts.push({ kind: 'mapping', id: mapping, path: `mappings/${mapping}.yaml`, text });
    for (const dictionary of namesUnder(text, 'lookup')) {
      const table = DICTIONARIES[`../../../../dictionaries/${dictionary}.yaml`];
      if (table !== undefined)
        parts.push({ kind: 'dictionary', id: dictionary, path: `dictionaries/${dictionary}.yaml`, text: table });
    }
    for (const path of [...namesUnder(text, 'inputs'), ...namesUnder(text, 'expect')]) {
      const sample = SAMPLES[`../../../../${path}`];
      if (sample !== undefined) parts.push({ kind: 'file', id: path, path, text: sample });
    }
  }
  return parts;
}
