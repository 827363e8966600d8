/** Where somebody begins who names no page: with what they are here for. */
export function homeOf({
  permissions,
  person,
}: {
  permissions: readonly string[];
  person?: string | null;
}): '/tasks' | '/ops' | '/docs' {
  const may = (right: string) => permissions.includes(right);
  // Whoever writes the project looks for documents; whoever keeps it going looks at what stands still.
  if (may('operate') && !may('edit')) return '/ops';
  if (person && may('decide') && !may('operate')) return '/tasks';
  return '/docs';
}
