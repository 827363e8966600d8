import { expect, test } from 'vitest';
import { EventReader } from './sse';

const TEXT =
  ': hello\n\nevent: changes\nid: 7-1\ndata: {"documents":\ndata: "many"}\n\nid: 8\r\nevent: reset\r\ndata: {}\r\n\r\ndata\n\n';

test('events come whole, however the bytes are cut', () => {
  const whole = new EventReader().push(TEXT);
  expect(whole).toEqual([
    { event: 'changes', id: '7-1', data: '{"documents":\n"many"}' },
    { event: 'reset', id: '8', data: '{}' },
    { event: 'message', id: '8', data: '' },
  ]);
  for (let at = 1; at < TEXT.length; at += 1) {
    const reader = new EventReader();
    expect([...reader.push(TEXT.slice(0, at)), ...reader.push(TEXT.slice(at))]).toEqual(whole);
  }
});

test('a comment alone is no event, and an event without its blank line is not there yet', () => {
  const reader = new EventReader();
  expect(reader.push(': beat\n\n')).toEqual([]);
  expect(reader.push('data: x\n')).toEqual([]);
  expect(reader.push('\n')).toEqual([{ event: 'message', id: null, data: 'x' }]);
});
