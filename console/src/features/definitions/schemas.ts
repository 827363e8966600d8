import type { Schema } from './complete';

/** Schemas of the language, made by the product itself; loaded with the editor of their kind. */
const LOADERS: Record<string, () => Promise<{ default: unknown }>> = {
  bind: () => import('../../../../schemas/language/bind.schema.json'),
  calendar: () => import('../../../../schemas/language/calendar.schema.json'),
  channel: () => import('../../../../schemas/language/channel.schema.json'),
  connection: () => import('../../../../schemas/language/connection.schema.json'),
  connector: () => import('../../../../schemas/language/connector.schema.json'),
  dictionary: () => import('../../../../schemas/language/dictionary.schema.json'),
  directory: () => import('../../../../schemas/language/directory.schema.json'),
  document: () => import('../../../../schemas/language/document.schema.json'),
  flow: () => import('../../../../schemas/language/flow.schema.json'),
  form: () => import('../../../../schemas/language/form.schema.json'),
  mapping: () => import('../../../../schemas/language/mapping.schema.json'),
  table: () => import('../../../../schemas/language/table.schema.json'),
  template: () => import('../../../../schemas/language/template.schema.json'),
  test: () => import('../../../../schemas/language/test.schema.json'),
};

/** The schema of a kind; a kind without one has no completion. */
export async function schemaOf(kind: string): Promise<Schema | null> {
  const load = LOADERS[kind];
  return load ? ((await load()).default as Schema) : null;
}
