/** What stands in an address behind `?`: what a page knows is kept, the rest is dropped and said. */

/** Keeps the known ones; a page never sees the others. */
export function known<Name extends string>(names: readonly Name[]) {
  return (raw: Record<string, unknown>): { [name in Name]?: string } => {
    const kept: Record<string, string> = {};
    for (const name of names) {
      const value = raw[name];
      if (value !== '' && value !== undefined && value !== null)
        kept[name] = typeof value === 'string' ? value : JSON.stringify(value);
    }
    return kept as { [name in Name]?: string };
  };
}

/** Names that an address had and the page it led to does not know. `lang` is the console's own. */
export function dropped(asked: string, kept: Record<string, unknown>): string[] {
  return [...new Set(new URLSearchParams(asked).keys())].filter((name) => name !== 'lang' && !(name in kept));
}

/** Addresses as people read them: `?status=released`, not JSON. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

export function writeSearch(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).filter((pair): pair is [string, string] => typeof pair[1] === 'string' && pair[1] !== '');
  const text = new URLSearchParams(pairs).toString();
  return text ? `?${text}` : '';
}
