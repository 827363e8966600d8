/** The operations of a connector's text, with what each wants; for the choice of one to try. */
import { isMap, isScalar, parseDocument, type YAMLMap } from 'yaml';

export interface Operation {
  id: string;
  /** `read` or `write`. */
  effect: string;
  /** Names of its input with their types as the text has them. */
  input: [string, string][];
}

export function operations(text: string): Operation[] {
  const root = parseDocument(text).contents;
  const map = isMap(root) ? root.get('operations', true) : null;
  if (!isMap(map)) return [];
  return map.items.flatMap((pair) =>
    isMap(pair.value)
      ? [
          {
            id: String(isScalar(pair.key) ? pair.key.value : pair.key),
            effect: String(pair.value.get('effect') ?? ''),
            input: inputOf(pair.value),
          },
        ]
      : [],
  );
}

function inputOf(operation: YAMLMap): [string, string][] {
  const input = operation.get('input', true);
  if (!isMap(input)) return [];
  return input.items.map((pair) => [
    String(isScalar(pair.key) ? pair.key.value : pair.key),
    isScalar(pair.value)
      ? String(pair.value.value)
      : JSON.stringify((pair.value as { toJSON?: () => unknown } | null)?.toJSON?.() ?? ''),
  ]);
}

/** An input to begin with: every name, with its default or empty. What is empty is given, and would take the default's place. */
export function template(operation: Operation | undefined): string {
  return JSON.stringify(Object.fromEntries((operation?.input ?? []).map(([name, type]) => [name, beginning(type)])), null, 2);
}

function beginning(type: string): unknown {
  if (!type.startsWith('{')) return type.startsWith('[') ? [] : type === 'object' ? {} : '';
  const declared = JSON.parse(type) as { type?: unknown; default?: unknown };
  if (declared.default !== undefined) return declared.default;
  return Array.isArray(declared.type) ? [] : declared.type === 'object' ? {} : '';
}
