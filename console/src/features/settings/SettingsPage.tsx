import { Link, Navigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMe } from '../../app/me';
import { Page } from '../../app/Page';
import { settingsRoute } from '../../app/router';
import { Loaded } from '../../app/states';
import { type Key, useT } from '../../i18n';
import { Empty, useChosenInSight } from '../../ui';
import { NoticesSection } from '../notices/NoticesSection';
import { OrganisationSection } from '../organisation/OrganisationSection';
import { SampleSection } from '../sample/SampleSection';
import { AccountSection } from './AccountSection';
import { CalendarsSection } from './CalendarsSection';
import { DelegationsSection } from './DelegationsSection';
import { FeedbackSection } from './FeedbackSection';
import { PeopleSection } from './PeopleSection';
import { ProposalsSection } from './ProposalsSection';
import { RolesSection } from './RolesSection';
import { SecretsSection } from './SecretsSection';
import { TokensSection } from './TokensSection';

const SECTIONS: { id: string; show: () => ReactNode }[] = [
  { id: 'people', show: () => <PeopleSection /> },
  { id: 'organisation', show: () => <OrganisationSection /> },
  { id: 'roles', show: () => <RolesSection /> },
  { id: 'tokens', show: () => <TokensSection /> },
  { id: 'delegations', show: () => <DelegationsSection /> },
  { id: 'calendars', show: () => <CalendarsSection /> },
  { id: 'notifications', show: () => <NoticesSection /> },
  { id: 'secrets', show: () => <SecretsSection /> },
  { id: 'proposals', show: () => <ProposalsSection /> },
  { id: 'sample', show: () => <SampleSection /> },
  { id: 'feedback', show: () => <FeedbackSection /> },
  { id: 'account', show: () => <AccountSection /> },
];

/** Who may do what, and by which clock: one page, a section for each. */
export function SettingsPage() {
  const t = useT();
  const { section } = settingsRoute.useParams();
  const list = useChosenInSight<HTMLElement>(section);
  const found = SECTIONS.find((each) => each.id === section);
  const name = found ? t(`settings.${found.id}` as Key) : t('nav.settings');
  return (
    <Page title={t('nav.settings')} name={`${name} · ${t('nav.settings')}`}>
      <nav className="tablist" ref={list} aria-label={t('settings.sections')}>
        {SECTIONS.map((each) => (
          <Link
            key={each.id}
            to="/settings/$section"
            params={{ section: each.id }}
            className="tab"
            aria-current={each.id === section ? 'page' : undefined}
          >
            {t(`settings.${each.id}` as Key)}
          </Link>
        ))}
      </nav>
      {found ? found.show() : <Empty title={t('page.not_found')} why={t('page.not_found_why')} />}
    </Page>
  );
}

/** The first section that is of use to whoever comes. */
export function SettingsHome() {
  const me = useMe();
  return (
    <Loaded query={me} lines={4}>
      {({ permissions }) => {
        const section = permissions.includes('users') ? 'people' : permissions.includes('decide') ? 'delegations' : 'calendars';
        return <Navigate to="/settings/$section" params={{ section }} replace />;
      }}
    </Loaded>
  );
}
