import { useT } from '../../i18n';
import { Tabs } from '../../ui';
import { ChannelsTab } from './ChannelsTab';
import { PeopleTab } from './PeopleTab';
import { StepsTab } from './StepsTab';
import { TemplatesTab } from './TemplatesTab';
import { useAddress } from './use';

/** How people are told: by which ways, when, in which words, and at which step of which flow. */
export function NoticesSection() {
  const t = useT();
  const { search, go } = useAddress();
  return (
    <Tabs
      label={t('notices.parts')}
      chosen={search.part ?? 'templates'}
      onChoose={(part) => go({ part })}
      entries={[
        { id: 'templates', name: t('notices.templates'), content: <TemplatesTab /> },
        { id: 'steps', name: t('notices.steps'), content: <StepsTab /> },
        { id: 'people', name: t('notices.people'), content: <PeopleTab /> },
        { id: 'channels', name: t('notices.channels'), content: <ChannelsTab /> },
      ]}
    />
  );
}
