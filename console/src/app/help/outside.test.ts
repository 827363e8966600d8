import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lacking, patterns } from '../../../scripts/outside';

const SOURCE = join(import.meta.dirname, '../..');

test('every file from outside that the console shows is there', () => {
  expect(patterns(SOURCE).some(({ pattern }) => pattern.endsWith('/docs/errors/*.md'))).toBe(true);
  expect(lacking(SOURCE)).toEqual([]);
});

test('a pattern that finds nothing is named with its file', () => {
  const root = mkdtempSync(join(tmpdir(), 'waybill-outside-'));
  try {
    for (const folder of ['src/help', 'docs/errors', 'kinds/a', 'kinds/b']) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'kinds/b/kind.yaml'), '');
    writeFileSync(
      join(root, 'src/help/pages.ts'),
      "import.meta.glob<string>('../../docs/errors/*.md', {});\nimport.meta.glob(\n  '../../kinds/*/kind.yaml',\n);\nimport.meta.glob('../../gone/*.md');",
    );
    const found = lacking(join(root, 'src'));
    expect(found).toEqual(['help/pages.ts: nothing is at ../docs/errors/*.md', 'help/pages.ts: nothing is at ../gone/*.md']);
    writeFileSync(join(root, 'docs/errors/bad_id.md'), '');
    expect(lacking(join(root, 'src'))).toEqual(found.slice(1));
  } finally {
    rmSync(root, { recursive: true });
  }
});
