import { useIntl } from 'react-intl';

/** The texts of the language in force, to see whether a word has one. */
export function useMessages(): Record<string, unknown> {
  return useIntl().messages;
}
