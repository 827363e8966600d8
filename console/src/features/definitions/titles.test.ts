import { expect, test } from 'vitest';
import { choicesOf } from './titles';

const items: { kind: string; id: string; title: Record<string, string> }[] = [
  { kind: 'flow', id: 'po', title: { en: 'Purchase orders', zh: '采购订单' } },
  { kind: 'flow', id: 'bare', title: {} },
  { kind: 'connection', id: 'po', title: { en: 'Another thing' } },
];

test('filters offer what people call things, with the id where it is another', () => {
  expect(choicesOf('flow', ['po', 'bare', 'gone'], items, 'en')).toEqual([
    { id: 'bare', name: 'bare' },
    { id: 'gone', name: 'gone' },
    { id: 'po', name: 'Purchase orders', detail: 'po' },
  ]);
  expect(choicesOf('flow', ['po'], items, 'zh-CN')).toEqual([{ id: 'po', name: '采购订单', detail: 'po' }]);
});

test('until the titles are read the ids are there', () => {
  expect(choicesOf('flow', ['po'], undefined, 'en')).toEqual([{ id: 'po', name: 'po' }]);
});
