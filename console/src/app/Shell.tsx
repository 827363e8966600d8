import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { live } from '../api/live';
import { type Key, useT } from '../i18n';
import { Age, Banner, Button, Chip, Icon, type IconName, MenuButton, useNow } from '../ui';
import { signOut } from './account';
import { Feedback } from './Feedback';
import { KeyHelp } from './KeyHelp';
import { useGlobalKeys } from './keys';
import { useMe } from './me';
import { Palette } from './Palette';
import { Preferences } from './Preferences';
import { followLive, queries } from './queries';

export const AREAS: { to: string; name: Key; icon: IconName; key?: string }[] = [
  { to: '/tasks', name: 'nav.tasks', icon: 'person', key: 't' },
  { to: '/docs', name: 'nav.documents', icon: 'document', key: 'd' },
  { to: '/forms', name: 'nav.forms', icon: 'check', key: 's' },
  { to: '/ops/dead-letters', name: 'nav.exceptions', icon: 'alert', key: 'e' },
  { to: '/reconciliation', name: 'nav.reconciliation', icon: 'link', key: 'l' },
  { to: '/ops', name: 'nav.ops', icon: 'pulse', key: 'o' },
  { to: '/ops/batches', name: 'nav.batches', icon: 'tasks', key: 'b' },
  { to: '/connections', name: 'nav.connections', icon: 'plug', key: 'c' },
  { to: '/flows', name: 'nav.flows', icon: 'flow', key: 'f' },
  { to: '/definitions', name: 'nav.definitions', icon: 'text', key: 'm' },
  { to: '/releases', name: 'nav.releases', icon: 'download', key: 'r' },
  { to: '/audit', name: 'nav.audit', icon: 'clock', key: 'a' },
  { to: '/settings', name: 'nav.settings', icon: 'gear', key: 'p' },
];

export function Shell() {
  const t = useT();
  const navigate = useNavigate();
  const [searching, setSearching] = useState(false);
  const [helping, setHelping] = useState(false);
  const [noting, setNoting] = useState(false);
  const [wide, setWide] = useState(() => matchMedia('(min-width: 1100px)').matches);
  useEffect(() => {
    live.start();
    const unfollow = followLive();
    return () => {
      unfollow();
      live.stop();
    };
  }, []);
  const keys = useMemo(
    () => ({
      search: () => setSearching(true),
      help: () => setHelping(true),
      go: Object.fromEntries(AREAS.filter((area) => area.key).map((area) => [area.key, () => void navigate({ to: area.to })])),
    }),
    [navigate],
  );
  useGlobalKeys(keys);
  // While another page is on its way the old one still stands there.
  const moving = useRouterState({ select: (state) => state.isLoading });
  return (
    <div className={`shell${wide ? ' wide' : ''}`}>
      <a className="skip" href="#page">
        {t('shell.skip')}
      </a>
      <Rail wide={wide} onToggle={() => setWide(!wide)} />
      <header className="topbar">
        <button type="button" className="searchbox" aria-label={t('shell.search')} onClick={() => setSearching(true)}>
          <Icon name="search" />
          <span className="grow">{t('shell.search')}</span>
          <span className="shortcut" />
        </button>
        <span className="row end">
          <LiveMark />
          <Preferences />
          <Account onHelp={() => setHelping(true)} onNote={() => setNoting(true)} />
        </span>
      </header>
      <div className="page-frame">
        <Stale />
        <main id="page" tabIndex={-1} aria-busy={moving || undefined}>
          <Outlet />
        </main>
      </div>
      {searching && <Palette onClose={() => setSearching(false)} />}
      {helping && <KeyHelp onClose={() => setHelping(false)} />}
      {noting && <Feedback onClose={() => setNoting(false)} />}
    </div>
  );
}

/** Where the names of the areas would leave no room for the page: they go when one is chosen. The same bound stands in `app.css`. */
const NARROW = '(max-width: 480px)';

function Rail({ wide, onToggle }: { wide: boolean; onToggle: () => void }) {
  const t = useT();
  const path = useRouterState({ select: (state) => state.location.pathname });
  // The longest that fits: a batch's page belongs to batches, not to operations. What connects belongs to the connections.
  const of = path === '/connect' ? '/connections' : path;
  const here = AREAS.filter((area) => of === area.to || of.startsWith(`${area.to}/`)).sort((a, b) => b.to.length - a.to.length)[0];
  return (
    <nav className="rail" aria-label={t('shell.areas')}>
      <Button kind="quiet" icon="menu" label={wide ? t('shell.fold') : t('shell.unfold')} expanded={wide} onPress={onToggle} />
      <ul>
        {AREAS.map((area) => (
          <li key={area.to}>
            <Link
              to={area.to}
              activeOptions={{ exact: true }}
              aria-current={here?.to === area.to ? 'page' : undefined}
              title={wide ? undefined : t(area.name)}
              onClick={() => wide && matchMedia(NARROW).matches && onToggle()}
            >
              <Icon name={area.icon} />
              <span className={wide ? '' : 'hidden-text'}>{t(area.name)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function useLive() {
  return useSyncExternalStore(live.watch, live.state);
}

function LiveMark() {
  const t = useT();
  const { state } = useLive();
  const tones = { live: 'ok', connecting: 'plain', down: 'warn' } as const;
  return (
    <Chip tone={tones[state]} icon={state === 'live' ? 'dot' : 'refresh'}>
      {t(`live.${state}`)}
    </Chip>
  );
}

/** Said only when the stream has been down for a while: short breaks mend themselves. */
const STALE_AFTER_MS = 10_000;

function Stale() {
  const t = useT();
  const { since } = useLive();
  const now = useNow(2_000);
  if (since === null || now.getTime() - since < STALE_AFTER_MS) return null;
  return (
    <Banner
      tone="warn"
      live
      action={
        <Button size="small" onPress={() => void queries.invalidateQueries()}>
          {t('live.read_now')}
        </Button>
      }
    >
      <span>
        {navigator.onLine ? t('live.stale') : t('live.offline')} <Age since={new Date(since).toISOString()} />
      </span>
    </Banner>
  );
}

function Account({ onHelp, onNote }: { onHelp: () => void; onNote: () => void }) {
  const t = useT();
  const navigate = useNavigate();
  const me = useMe();
  return (
    <MenuButton
      kind="quiet"
      icon="person"
      label={t('account.title', { name: me.data?.name ?? '' })}
      entries={[
        {
          id: 'who',
          name: me.data?.name ?? '…',
          detail: me.data?.permissions.join(', '),
          disabled: true,
          onAction: () => undefined,
        },
        {
          id: 'account',
          name: t('settings.account'),
          onAction: () => void navigate({ to: '/settings/$section', params: { section: 'account' } }),
        },
        { id: 'help', name: t('help.title'), onAction: () => void navigate({ to: '/help' }) },
        { id: 'keys', name: t('keys.title'), onAction: onHelp },
        { id: 'feedback', name: t('feedback.title'), onAction: onNote },
        { id: 'out', name: t('account.sign_out'), onAction: () => void signOut() },
      ]}
    />
  );
}
