import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** From a figure to the ways, with their documents, that it counts; what else the address says stays. */
export function WaysLink({
  flow,
  only,
  className,
  children,
}: {
  flow: string;
  only: string | undefined;
  className?: string;
  children: ReactNode;
}) {
  return (
    <Link
      to="/flows/$flow"
      params={{ flow }}
      search={(before: Record<string, string | undefined>) => ({ ...before, tab: 'insight', only })}
      hash="ways"
      replace
      className={className}
    >
      {children}
    </Link>
  );
}
