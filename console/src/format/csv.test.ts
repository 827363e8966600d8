import { expect, test } from 'vitest';
import { decoded, readCsv, unguarded, writeCsv } from './csv';

const bytes = (...all: number[]) => new Uint8Array(all);
const cells = (text: string) => readCsv(text).records.map((record) => record.cells);

test('a file is read in the encodings that spreadsheets save', () => {
  const utf8 = new TextEncoder().encode('from,名称\n');
  expect(decoded(utf8)).toEqual({ text: 'from,名称\n', encoding: 'utf-8' });
  expect(decoded(bytes(0xef, 0xbb, 0xbf, ...utf8))).toEqual({ text: 'from,名称\n', encoding: 'utf-8' });
  // 名称 in GBK.
  expect(decoded(bytes(0xc3, 0xfb, 0xb3, 0xc6))).toEqual({ text: '名称', encoding: 'gbk' });
  // 税 in GBK is a letter in UTF-8 too.
  expect(decoded(bytes(0xcb, 0xb0))?.encoding).toBe('utf-8');
  expect(decoded(bytes(0xcb, 0xb0), 'gbk')?.text).toBe('税');
  expect(decoded(bytes(0x50, 0x4b, 3, 4, 0, 0))).toBeNull();
});

test('quotes hold separators, quotes and lines; lines are counted as the file has them', () => {
  const read = readCsv('from,to\r\n"a,""b""","x\r\ny"\r\n\r\n  7 , V07 \r\nlast,one');
  expect(read).toMatchObject({
    records: [
      { line: 1, cells: ['from', 'to'] },
      { line: 2, cells: ['a,"b"', 'x\r\ny'] },
      { line: 5, cells: ['7', 'V07'] },
      { line: 6, cells: ['last', 'one'] },
    ],
    broken: null,
  });
  expect(cells('a;b\n1,5;2\n')).toEqual([
    ['a', 'b'],
    ['1,5', '2'],
  ]);
  expect(cells('a\tb\n" kept "\tx\n')[1]).toEqual([' kept ', 'x']);
  expect(cells('')).toEqual([]);
  expect(cells('a,\n,\n')).toEqual([
    ['a', ''],
    ['', ''],
  ]);
});

test('a quote that is never closed is told by its line, and what stands before it is read', () => {
  expect(readCsv('a,b\n1,2\n"3,4\n5,6\n')).toMatchObject({ records: [{ line: 1 }, { line: 2 }], broken: 3 });
  expect(readCsv('a,b\n"1"2,3\n').broken).toBe(2);
});

test('what is written is read as it was, and starts no formula', () => {
  const table = [
    ['from', 'to'],
    ['=1+1', '-5.00'],
    ['a,"b"', ' spaced '],
    ["'kept", '@x'],
    ["'=kept", "''-5"],
    ['第一\n第二', ''],
    ['-x', '+86'],
  ];
  const text = writeCsv(table);
  expect(text.startsWith("\ufefffrom,to\r\n'=1+1,-5.00\r\n")).toBe(true);
  const read = decoded(new TextEncoder().encode(text));
  expect(cells(read?.text ?? '').map((record) => record.map(unguarded))).toEqual(table);
});
