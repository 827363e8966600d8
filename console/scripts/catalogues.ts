import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { en } from '../src/i18n/en/index.ts';
import { zh } from '../src/i18n/zh/index.ts';

/** What the catalogues and the code that uses them disagree on; empty when all is well. */
export function faults(source: string): string[] {
  const english: Record<string, string> = en;
  const chinese: Record<string, string> = zh;
  const missing = [
    ...Object.keys(english)
      .filter((key) => !chinese[key])
      .map((key) => `zh lacks \`${key}\``),
    ...Object.keys(chinese)
      .filter((key) => !english[key])
      .map((key) => `en lacks \`${key}\``),
    ...Object.keys(english)
      .filter((key) => chinese[key] && holes(english[key] ?? '') !== holes(chinese[key]))
      .map((key) => `\`${key}\` has other places to fill in en than in zh`),
  ];
  return [
    ...missing,
    ...used(source)
      .filter(([, key]) => !english[key])
      .map(([file, key]) => `${file} uses \`${key}\`, which no catalogue has`),
  ];
}

/** The names that a text is filled with, in order of the alphabet. */
function holes(text: string): string {
  return [...new Set([...text.matchAll(/\{\s*(\w+)\s*[,}]/g)].map((match) => match[1]))].sort().join(',');
}

function used(source: string): [string, string][] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !file.startsWith('i18n'),
  );
  return files.flatMap((file) =>
    [...readFileSync(join(source, file), 'utf8').matchAll(/\bt\(\s*'([\w.-]+)'/g)].map((match): [string, string] => [
      file,
      match[1] ?? '',
    ]),
  );
}
