import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLanguage, useT } from '../../i18n';
import { Button, Sheet } from '../../ui';
import { type Block, part, type Span } from './page';

/** The pages of the manual; read once, when somebody first looks at a code. */
export function usePages() {
  return useQuery({
    queryKey: ['help'],
    queryFn: async () => (await import('./pages')).PAGES,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A code, with its page of the manual behind a button where it has one. What is being written stays as it is. */
export function HelpCode({ code }: { code: string }) {
  const t = useT();
  const [open, setOpen] = useState(false);
  const page = usePages().data?.get(code);
  return (
    <span className="help-code">
      <code>{code}</code>
      {page !== undefined && (
        <Button kind="quiet" size="small" icon="question" label={t('help.about', { code })} onPress={() => setOpen(true)} />
      )}
      {open && page !== undefined && (
        <Sheet onClose={() => setOpen(false)} title={code}>
          <HelpText page={page} />
        </Sheet>
      )}
    </span>
  );
}

/** A page in the reader's language. */
export function HelpText({ page }: { page: string }) {
  const { language } = useLanguage();
  return (
    <div className="stack help-text">
      {part(page, language).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one page, in its order
        <HelpBlock key={index} block={block} />
      ))}
    </div>
  );
}

function HelpBlock({ block }: { block: Block }) {
  const words = block.spans.map((span, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces of one line, in its order
    <Words key={index} span={span} />
  ));
  if (block.kind === 'title') return <h3>{words}</h3>;
  if (block.kind === 'item') return <p className="help-item">{words}</p>;
  return <p>{words}</p>;
}

function Words({ span }: { span: Span }) {
  if (span.look === 'code') return <code>{span.text}</code>;
  if (span.look === 'strong') return <strong>{span.text}</strong>;
  return <>{span.text}</>;
}
