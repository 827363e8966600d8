import type { ReactNode } from 'react';
import { useT } from '../i18n';
import { Button } from './controls';
import { toast } from './toasts';

/** A text with a button that copies it. */
export function Copy({ text, children, label }: { text: string; children?: ReactNode; label?: string }) {
  const t = useT();
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => toast({ tone: 'ok', text: t('copy.done') }),
      () => toast({ tone: 'warn', text: t('copy.failed') }),
    );
  return (
    <span className="copy">
      {children ?? <span className="mono wrap">{text}</span>}
      <Button
        kind="quiet"
        size="small"
        icon="copy"
        label={label ?? t('copy.this', { what: text.length > 40 ? `${text.slice(0, 40)}…` : text })}
        onPress={copy}
      />
    </span>
  );
}
