/** What was typed into a form, as the hub takes it: amounts stay texts, what is empty is left out and gets the form's default. */

export interface FormField {
  id: string;
  type: string;
  title: Record<string, string>;
  hint?: Record<string, string> | null;
  required: boolean | string;
  default?: unknown;
  visible?: string;
  multi_line?: boolean;
  many?: boolean;
  currency?: string;
  options?: { id: string; title: Record<string, string> }[];
  fields?: FormField[];
  min?: number | string;
  max?: number | string;
}

export interface FormSection {
  id: string;
  title: Record<string, string>;
  fields: FormField[];
}

export interface FormView {
  form: string;
  title: Record<string, string>;
  hint?: Record<string, string> | null;
  document: string;
  sections: FormSection[];
}

export type Typed = { [id: string]: string | boolean | Typed[] };

/** An empty form, or an empty line of one. */
export function blank(fields: FormField[]): Typed {
  return Object.fromEntries(
    fields.map((field) => {
      if (field.type === 'lines') return [field.id, [blank(field.fields ?? [])]];
      if (field.type === 'yes_no') return [field.id, field.default === true];
      return [field.id, typeof field.default === 'string' && field.type === 'choice' ? field.default : ''];
    }),
  );
}

export function valuesOf(fields: FormField[], typed: Typed): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const field of fields) {
    const text = typed[field.id];
    if (Array.isArray(text)) values[field.id] = text.map((line) => valuesOf(field.fields ?? [], line));
    else if (typeof text === 'boolean') values[field.id] = text;
    else if (text !== undefined && text.trim() !== '') values[field.id] = value(field, text.trim());
  }
  return values;
}

function value(field: FormField, text: string): unknown {
  // A whole number that JSON keeps exactly; what is none goes as it is, for the hub to say what is wrong with it.
  if (field.type === 'int' && /^[+-]?\d{1,15}$/.test(text)) return Number(text);
  if ((field.type === 'choice' || field.type === 'person') && field.many) return text.split(',').map((each) => each.trim());
  return text;
}
