/** Steps by what they are called; those of reactions by what they do and what sets them off. */
import type { Schemas } from '../../api/client';
import { useSaid } from '../../i18n';

export type StepNames = Schemas['FlowInsight']['names'];

export function useNameOf(names: StepNames) {
  const said = useSaid();
  return (step: string): string => {
    const name = names[step];
    return name ? said(name) : step;
  };
}
