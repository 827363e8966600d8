import { Link } from '@tanstack/react-router';
import { useRefusal } from '../../app/me';
import { useT } from '../../i18n';
import { Banner, Chip } from '../../ui';

/** The mark of a sample document in a row. */
export function SampleMark() {
  const t = useT();
  return (
    <Chip tone="waiting" icon="question">
      {t('sample.mark')}
    </Chip>
  );
}

/** What is seen is not real, and how it goes away. */
export function SampleBanner() {
  const t = useT();
  const refused = useRefusal()('manage_users');
  return (
    <Banner tone="info">
      <span className="row">
        <SampleMark />
        <span className="wrap">{t('sample.here')}</span>
        {refused === null && (
          <Link to="/settings/$section" params={{ section: 'sample' }}>
            {t('sample.remove')}
          </Link>
        )}
      </span>
    </Banner>
  );
}
