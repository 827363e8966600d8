import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useT } from '../i18n';
import { Toasts, toast } from '../ui';
import { look } from './account';
import { queries } from './queries';
import { router } from './router';
import { SignIn } from './SignIn';
import { dropped } from './search';
import { session } from './session';

/** What is asked before anybody is signed in. */
const BEFORE = ['ways', 'link', 'help'];
/** As the address came, before the router cleans it. */
const ASKED = location.search;

export function App() {
  const state = useSyncExternalStore(session.subscribe, session.state);
  const had = useRef(false);
  useEffect(() => {
    if (session.isOn()) had.current = true;
    // What one person saw is not kept for the next. What the page for signing in asks is its own, and under way by now.
    else if (state === 'no') queries.removeQueries({ predicate: ({ queryKey }) => !BEFORE.includes(String(queryKey[0])) });
    else void look();
  }, [state]);
  return (
    <QueryClientProvider client={queries}>
      {session.isOn() ? <SignedIn /> : state === 'no' && <SignIn ended={had.current} />}
      <Toasts />
    </QueryClientProvider>
  );
}

function SignedIn() {
  const t = useT();
  const said = useRef(false);
  useEffect(() => {
    const say = () => {
      if (said.current) return;
      said.current = true;
      const names = dropped(ASKED, router.state.matches.at(-1)?.search ?? {});
      if (names.length > 0) toast({ tone: 'warn', text: t('address.dropped', { names: names.join(', ') }) });
    };
    // The first page may be there before this effect runs.
    if (router.state.resolvedLocation) say();
    return router.subscribe('onResolved', say);
  }, [t]);
  // How many pages were come to: what reads the page from outside, such as a journey, knows by it that the one it asked for is there.
  useEffect(() => {
    let turned = 0;
    return router.subscribe('onRendered', () => {
      turned += 1;
      document.documentElement.dataset.turned = String(turned);
    });
  }, []);
  return <RouterProvider router={router} />;
}
