// Sizes of what is delivered against their limits (gzip, in KB of 1,000 bytes). Fails above one.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const dist = process.argv[2] ?? new URL('../dist', import.meta.url).pathname;
const assets = readdirSync(join(dist, 'assets'));
const packed = (file, ending) => {
  const path = join(dist, 'assets', file);
  return statSync(assets.includes(`${file}.${ending}`) ? `${path}.${ending}` : path).size / 1000;
};
const page = readFileSync(join(dist, 'index.html'), 'utf8');
const phone = new Set();
const follow = (text) => {
  for (const file of assets) {
    if (!text.includes(file) || phone.has(file) || !/\.(js|css)$/.test(file)) continue;
    phone.add(file);
    if (file.endsWith('.js')) follow(readFileSync(join(dist, 'assets', file), 'utf8'));
  }
};
follow(readFileSync(join(dist, 'approve.html'), 'utf8'));
const entry = assets.filter((file) => file.endsWith('.js') && page.includes(file));
const sum = (files, ending) => files.reduce((total, file) => total + packed(file, ending), 0);
const others = assets.filter((file) => file.endsWith('.js') && !entry.includes(file));
const largest = others.reduce((top, file) => (packed(file, 'gz') > packed(top, 'gz') ? file : top), others[0]);

const rows = [
  ['entry script, gzip', sum(entry, 'gz'), 300],
  ['entry script, brotli', sum(entry, 'br'), 245],
  [`largest page (${largest}), gzip`, packed(largest, 'gz'), 200],
  // A reader loads one of the two languages.
  [
    'phone, everything with the larger language, gzip',
    sum(
      [...phone].filter((file) => !file.startsWith('en-')),
      'gz',
    ),
    130,
  ],
];
let over = 0;
for (const [name, size, limit] of rows) {
  const fits = size <= limit;
  if (!fits) over += 1;
  console.log(`${fits ? 'ok  ' : 'OVER'} ${size.toFixed(1).padStart(7)} of ${limit} KB  ${name}`);
}
process.exit(over > 0 ? 1 : 0);
