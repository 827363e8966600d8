import { Link } from '@tanstack/react-router';
import { useT } from '../i18n';
import { Empty } from '../ui';
import { ProblemView } from './states';

export function PageNotFound() {
  const t = useT();
  return (
    <Empty title={t('page.not_found')} why={t('page.not_found_why')}>
      <Link to="/docs">{t('nav.documents')}</Link>
    </Empty>
  );
}

/** A fault of the console itself. After a new release an old page asks for files that are gone; reading anew mends that. */
export function PageFault({ error }: { error: unknown }) {
  return <ProblemView error={error} onAgain={() => location.reload()} />;
}
