/** What flows and steps are called: their titles, and an id as words where there is none. */
import { useLanguage } from '../../i18n';
import { titleOf } from '../definitions/titles';
import { humanised } from './document';

type Title = Record<string, string>;

/** A step's title, or its id as words. */
export function useStepName() {
  const { language } = useLanguage();
  return (step: string, title: Title | undefined): string => titleOf({ id: humanised(step), title: title ?? {} }, language);
}
