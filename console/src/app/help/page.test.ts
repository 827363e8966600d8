import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { part, spans } from './page';

const FOLDER = join(import.meta.dirname, '../../../../docs/errors');
const PAGES = readdirSync(FOLDER).filter((file) => file.endsWith('.md') && file !== 'README.md');

test('every code has a page that says something in both languages, and nothing of Markdown is left standing', () => {
  expect(PAGES.length).toBeGreaterThan(100);
  for (const file of PAGES) {
    const page = readFileSync(join(FOLDER, file), 'utf8');
    const english = part(page, 'en');
    const chinese = part(page, 'zh-CN');
    const words = (blocks: typeof english) => blocks.flatMap((block) => block.spans.filter((span) => span.look !== 'code'));
    expect(
      words(chinese).some((span) => /[\u4e00-\u9fff]/.test(span.text)),
      file,
    ).toBe(true);
    expect(
      words(english).some((span) => /[\u4e00-\u9fff]/.test(span.text)),
      file,
    ).toBe(false);
    expect(
      words([...english, ...chinese]).filter((span) => /\*\*|^#|\]\(/.test(span.text)),
      file,
    ).toEqual([]);
  }
});

test('names and stressed words are told apart from the rest', () => {
  expect(spans('Ask `a b`, **then** wait')).toEqual([
    { text: 'Ask ', look: 'plain' },
    { text: 'a b', look: 'code' },
    { text: ', ', look: 'plain' },
    { text: 'then', look: 'strong' },
    { text: ' wait', look: 'plain' },
  ]);
});
