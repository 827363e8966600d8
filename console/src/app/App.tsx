import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { useT } from '../i18n';
import { Toasts, toast } from '../ui';
import { queries } from './queries';
import { router } from './router';
import { SignIn } from './SignIn';
import { dropped } from './search';
import { session } from './session';

/** As the address came, before the router cleans it. */
const ASKED = location.search;

export function App() {
  const token = useSyncExternalStore(session.subscribe, session.token);
  const had = useRef(false);
  useEffect(() => {
    if (token) had.current = true;
    // What one person saw is not kept for the next.
    else queries.clear();
  }, [token]);
  return (
    <QueryClientProvider client={queries}>
      {token ? <SignedIn /> : <SignIn ended={had.current} />}
      <Toasts />
    </QueryClientProvider>
  );
}

function SignedIn() {
  const t = useT();
  const said = useRef(false);
  useEffect(() => {
    const look = () => {
      if (said.current) return;
      said.current = true;
      const names = dropped(ASKED, router.state.matches.at(-1)?.search ?? {});
      if (names.length > 0) toast({ tone: 'warn', text: t('address.dropped', { names: names.join(', ') }) });
    };
    // The first page may be there before this effect runs.
    if (router.state.resolvedLocation) look();
    return router.subscribe('onResolved', look);
  }, [t]);
  return <RouterProvider router={router} />;
}
