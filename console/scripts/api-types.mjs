// Makes src/api/schema.d.ts from the hub's OpenAPI description. `--write` writes it; without, it prints it.
import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const HEAD = '// Made by `npm run generate` from docs/api/openapi.json; a test compares. Do not edit.\n\n';

export async function types() {
  const description = JSON.parse(readFileSync(new URL('../../docs/api/openapi.json', import.meta.url), 'utf8'));
  return HEAD + astToString(await openapiTS(without(description)));
}

// Examples are for readers of the description; as comments they are most of the file.
function without(value) {
  if (Array.isArray(value)) return value.map(without);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'example')
      .map(([key, inner]) => [key, without(inner)]),
  );
}

export const target = new URL('../src/api/schema.d.ts', import.meta.url);

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const text = await types();
  if (process.argv.includes('--write')) writeFileSync(target, text);
  else process.stdout.write(text);
}
