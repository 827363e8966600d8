/** What the exception desk is filtered by. */

export type ExceptionFilter = Record<string, string | undefined>;

/** Every class of causes, in the order of the docs; a test compares with the API's description. */
export const CAUSES = ['partner_down', 'data_wrong', 'rule_missing', 'credentials', 'unknown', 'our_fault'];

/** What a group has under the page's filter: what is acted on is what is shown, and groups are of open exceptions only. */
export function ofGroup(filter: ExceptionFilter, group: string): Record<string, string> {
  const set = Object.entries(filter).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { ...Object.fromEntries(set), group, state: 'open' };
}
