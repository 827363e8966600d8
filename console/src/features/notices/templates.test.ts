import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filled, noticeOf, plain, said } from './templates';

const ROOT = join(import.meta.dirname, '../../../..');

test('a template is read in each of its languages', () => {
  const found = said(readFileSync(join(ROOT, 'flows/templates/po_released.yaml'), 'utf8'));
  expect(found.map((each) => each.language)).toEqual(['en', 'zh']);
  expect(found[0]?.subject).toBe('Purchase order {{doc.number}} is released');
  expect(said('template: x\nsubject: one\ntext: {en: a, zh: b}\n')).toEqual([
    { language: '', subject: 'one', text: '' },
    { language: 'en', subject: 'one', text: 'a' },
    { language: 'zh', subject: 'one', text: 'b' },
  ]);
});

test('fields of the document are put in exactly, and nothing is invented for the rest', () => {
  const doc = { number: 'PO-1', total_gross: '1130.00', supplier: { name: '{{doc.number}}' }, lines: [] };
  const read = (text: string) => filled(text, { doc }).map((piece) => `${piece.kind}:${piece.text}`);
  expect(read('Order {{doc.number}} of {{ doc.supplier.name }}: {{doc.total_gross}}')).toEqual([
    'plain:Order ',
    'put:PO-1',
    'plain: of ',
    'put:{{doc.number}}',
    'plain:: ',
    'put:1130.00',
  ]);
  expect(
    read('{{steps.oa.outcome}} {{doc.missing}} {{doc.lines}} {{doc.constructor}}').filter((piece) => piece !== 'plain: '),
  ).toEqual(['open:{{steps.oa.outcome}}', 'open:{{doc.missing}}', 'open:{{doc.lines}}', 'open:{{doc.constructor}}']);
});

test('what is told of a task is put in with the words of its language', () => {
  const task = {
    id: 't1',
    person: 'e1004',
    person_name: 'Zhao Min',
    step: 'lead',
    step_title: { en: 'Manager', zh: '直属主管' },
    document: { kind: 'purchase_request', key: 'PR-1' },
  };
  const notice = noticeOf(task, 'turn', 'zh', 'https://hub.example.com', new Date('2026-01-31T00:00:00Z'));
  const text = '{{notice.person_name}} · {{notice.step_title}} · {{notice.url}} · {{doc.total}} {{notice.approve_url}}';
  expect(plain(filled(text, { doc: {}, notice }))).toBe(
    'Zhao Min · 直属主管 · https://hub.example.com/tasks?task=t1 · {{doc.total}} ',
  );
  expect(noticeOf(task, 'escalated', 'ja', '', new Date())).toMatchObject({ step_title: 'lead', urgent: true });
  expect(plain(filled('{{notice.key}}', { doc: {} }))).toBe('{{notice.key}}');
});
