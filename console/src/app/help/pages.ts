/** The manual's page of each code, by the code. A piece of its own: it is read when help is asked for. */
const FILES = import.meta.glob<string>('../../../../docs/errors/*.md', { query: '?raw', import: 'default', eager: true });

export const PAGES: ReadonlyMap<string, string> = new Map(
  Object.entries(FILES)
    .map(([path, text]): [string, string] => [path.slice(path.lastIndexOf('/') + 1, -'.md'.length), text])
    .filter(([code]) => code !== 'README'),
);
