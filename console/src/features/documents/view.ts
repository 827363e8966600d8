/** A saved view in the address: `?view=` is its id, and what it filters by stands beside it once it is read. */

interface View {
  id: string;
  query: unknown;
}

/** The filter of a view: names that the page knows, each a text. */
export function queryOfView(view: View, names: readonly string[]): Record<string, string> {
  const raw = view.query !== null && typeof view.query === 'object' ? view.query : {};
  return Object.fromEntries(
    Object.entries(raw).filter(([name, value]) => names.includes(name) && typeof value === 'string' && value !== ''),
  );
}

/** What the address should say; null where it says it already, or where nobody has such a view. */
export function opened(
  search: Record<string, string | undefined>,
  views: readonly View[],
  names: readonly string[],
): Record<string, string> | null {
  const view = views.find((one) => one.id === search.view);
  if (!view) return null;
  // Whoever names a filter beside the view wants that filter.
  return names.some((name) => search[name] !== undefined) ? null : { ...queryOfView(view, names), view: view.id };
}
