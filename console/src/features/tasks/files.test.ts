import { expect, test } from 'vitest';
import { addressOf, attachedTo, linkOf } from './files';

const ID = '0192f0c1-2f4e-8a51-b1c2-6d1f0a9b7c33';

test('files of a decision are those that lie here, and references', () => {
  const given = [
    { name: 'offer.pdf', ref: `file:${ID}`, sha256: 'ab', size: 12, content_type: 'application/pdf' },
    { name: 'scan.png', ref: `file:${ID}`, size: 5, content_type: 'image/png' },
    { name: '', ref: 'https://dms.example/1' },
    { name: 'share', ref: 'file:///share/offer.pdf', content_type: 'image/png' },
    { name: 'nothing' },
    'words',
    null,
  ];
  expect(attachedTo(given)).toEqual([
    { name: 'offer.pdf', ref: `file:${ID}`, id: ID, size: 12, image: false },
    { name: 'scan.png', ref: `file:${ID}`, id: ID, size: 5, image: true },
    { name: 'https://dms.example/1', ref: 'https://dms.example/1', image: false },
    { name: 'share', ref: 'file:///share/offer.pdf', image: false },
  ]);
  expect(attachedTo(undefined)).toEqual([]);
});

test('a file is read as the one who has to do with it, or beside the instance', () => {
  expect(addressOf(ID)).toBe(`/api/v1/files/${ID}`);
  expect(addressOf(ID, 'i1')).toBe(`/api/v1/instances/i1/files/${ID}`);
});

test('only addresses of the web are links', () => {
  expect(linkOf('https://dms.example/1')).toBe('https://dms.example/1');
  for (const ref of ['javascript:alert(1)', 'file:///share/offer.pdf', 'data:text/html,x', 'files/1'])
    expect(linkOf(ref)).toBeUndefined();
});
