import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OWN, type Place, told, withTell, withTemplate } from './tells';

const FLOWS = join(import.meta.dirname, '../../../../examples/notices/flows');
const TEXT = readFileSync(join(FLOWS, 'purchase_request_approval.yaml'), 'utf8');

function at(text: string, step: string): Place {
  const found = told(text).places.find((place) => place.step === step);
  if (!found) throw new Error(`no step ${step}`);
  return found;
}

test('what a flow says of telling people is read by step and event', () => {
  const { places, tellings } = told(TEXT);
  expect(places.map(({ step }) => step)).toEqual(['', 'lead', 'finance']);
  expect(at(TEXT, '').tells).toEqual({
    turn: { ...OWN, template: 'request_waits' },
    escalated: { ...OWN, channels: ['dingtalk_group'] },
  });
  expect(at(TEXT, 'finance')).toMatchObject({
    title: { en: 'Finance', zh: '财务' },
    tells: { turn: { template: 'request_waits', channels: ['ops'], urgent: false } },
  });
  expect(tellings.map(({ step, to, channel }) => [step, to, channel])).toEqual([
    ['group_d', 'role: procurement_head', 'dingtalk_group'],
    ['group_f', 'role: procurement_head', 'feishu_group'],
    ['group_w', 'role: procurement_head', 'wecom_group'],
  ]);
});

test('another way of telling is a small edit, and taking it back gives the text that was', () => {
  const tell = { template: 'request_waits', channels: ['ops', 'wecom'], urgent: true };
  const more = withTell(TEXT, at(TEXT, ''), 'reminded', tell) ?? '';
  expect(more).toBe(
    TEXT.replace(
      '  escalated: {channels: [dingtalk_group]}\n',
      '  escalated: {channels: [dingtalk_group]}\n  reminded: {template: request_waits, channels: [ops, wecom], urgent: true}\n',
    ),
  );
  expect(withTell(more, at(more, ''), 'reminded', OWN)).toBe(TEXT);
  const first = withTell(TEXT, at(TEXT, 'lead'), 'turn', { ...OWN, urgent: true }) ?? '';
  expect(first).toContain('    sets: in_approval\n    notices: {turn: {urgent: true}}\n  - id: finance');
  expect(withTell(first, at(first, 'lead'), 'turn', OWN)).toBe(TEXT);
  expect(withTell(TEXT, at(TEXT, 'lead'), 'urged', OWN)).toBe(TEXT);
  const changed = withTell(TEXT, at(TEXT, 'finance'), 'turn', OWN) ?? '';
  expect(changed).toBe(TEXT.replace('    notices: {turn: {template: request_waits, channels: [ops]}}\n', ''));
});

test('a step that tells by itself takes another template', () => {
  const text = 'flow: x\nsteps:\n  - {id: tell, notify: initiator, template: po_released} # done\n';
  const [telling] = told(text).tellings;
  expect(telling && withTemplate(text, telling, 'other')).toBe(text.replace('po_released', 'other'));
});
