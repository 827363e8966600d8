import { useIntl } from 'react-intl';
import type { Problem } from '../api/problem';

/** The sentence for a code; for a code that is newer than this console, the hub's own words. */
export function useSentence() {
  const intl = useIntl();
  return (problem: Problem): string => {
    const key = `problem.of.${problem.code}`;
    if (key in intl.messages) return intl.formatMessage({ id: key });
    return problem.title || intl.formatMessage({ id: 'problem.of.unknown' });
  };
}
