import { type ReactNode, useEffect } from 'react';
import { useT } from '../i18n';

/** A page with its title, in the window too. */
export function Page({
  title,
  name,
  actions,
  children,
  full,
}: {
  title: ReactNode;
  name: string;
  actions?: ReactNode;
  children: ReactNode;
  full?: boolean;
}) {
  const t = useT();
  useEffect(() => {
    document.title = `${name} · ${t('app.name')}`;
  }, [name, t]);
  return (
    <div className={`page${full ? ' full' : ''}`}>
      <div className="row between">
        <h1>{title}</h1>
        {actions && <div className="row">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
