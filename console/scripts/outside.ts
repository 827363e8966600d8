import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * Files from outside the console's folder that its sources ask for by pattern and that are not there. A pattern that finds nothing
 * is an empty list to Vite: a console would be built without its manual, and nobody would notice.
 */
export function lacking(source: string): string[] {
  return patterns(source)
    .filter(({ file, pattern }) => count(dirname(file), pattern.split('/')) === 0)
    .map(({ file, pattern }) => `${relative(source, file)}: nothing is at ${relative(source, resolve(dirname(file), pattern))}`);
}

/** Every pattern in the sources, with the file it stands in. */
export function patterns(source: string): { file: string; pattern: string }[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => join(source, file))
    .flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/import\.meta\.glob(?:<[^>]*>)?\(\s*'([^']+)'/g)].map((match) => ({
        file,
        pattern: match[1] ?? '',
      })),
    );
}

/** How many files a pattern finds; its only special sign is `*`, any part of one name. */
function count(folder: string, [first = '', ...rest]: string[]): number {
  if (!first.includes('*')) {
    const next = join(folder, first);
    if (!existsSync(next)) return 0;
    return rest.length === 0 ? 1 : count(next, rest);
  }
  const parts = first.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const named = new RegExp(`^${parts.join('[^/]*')}$`);
  const names = readdirSync(folder).filter((name) => named.test(name));
  return names.reduce((sum, name) => sum + (rest.length === 0 ? 1 : count(join(folder, name), rest)), 0);
}
