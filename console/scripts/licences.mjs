// Licences of every installed package against the list that the product allows (deny.toml's, plus what is only used to test).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];
/** Used while building or testing and not delivered. */
const NOT_DELIVERED = { 'MPL-2.0': ['axe-core', 'lightningcss'], 'CC-BY-4.0': ['caniuse-lite'] };

const fits = (name, licence) => {
  if (ALLOWED.includes(licence)) return true;
  if ((NOT_DELIVERED[licence] ?? []).some((known) => name === known || name.startsWith(`${known}-`))) return true;
  const text = licence.replace(/^\(|\)$/g, '');
  if (text.includes(' OR ')) return text.split(' OR ').some((part) => fits(name, part.trim()));
  if (text.includes(' AND ')) return text.split(' AND ').every((part) => fits(name, part.trim()));
  return false;
};

const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
const wrong = [];
let delivered = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  if (path === '') continue;
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const manifest = join(root, path, 'package.json');
  const licence = entry.license ?? (existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).license : undefined);
  if (!entry.dev) delivered += 1;
  const exempt = entry.dev ? fits(name, String(licence)) : ALLOWED.includes(licence) || fits('', String(licence));
  if (!exempt) wrong.push(`${name} ${entry.version}: ${licence ?? 'says no licence'}${entry.dev ? ' (not delivered)' : ''}`);
  if (entry.resolved) wrong.push(`${name}: the lock file names a registry`);
}
console.log(`${Object.keys(lock.packages).length - 1} packages, ${delivered} of them delivered`);
for (const line of wrong) console.error(line);
process.exit(wrong.length > 0 ? 1 : 0);
