import { useT } from '../../i18n';
import { Banner, Copy, Time } from '../../ui';

/** Something that the hub tells once and never again: a link, a token. */
export function TellOnce({ what, secret, until }: { what: string; secret: string; until?: string }) {
  const t = useT();
  return (
    <Banner tone="ok" live>
      <strong>{what}</strong>
      <Copy text={secret} label={t('once.copy')}>
        <code className="wrap secret">{secret}</code>
      </Copy>
      <span className="small">{t('once.only')}</span>
      {until && (
        <span className="small">
          {t('once.until')} <Time at={until} exact />
        </span>
      )}
    </Banner>
  );
}

/** A link of the hub as somebody can open it: the hub gives a path where it does not know its own address. */
export function whole(url: string): string {
  return new URL(url, location.origin).toString();
}
