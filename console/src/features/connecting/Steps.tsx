import type { Span } from '../../app/help/page';
import { useLanguage, useT } from '../../i18n';
import { Card } from '../../ui';
import { type Block, type Readme, steps } from './readme';

/** How the vendor's side is set up, as the connector's manual says it. */
export function SetUpSteps({ readme }: { readme: Readme }) {
  const t = useT();
  const { language } = useLanguage();
  const found = steps(readme, language);
  return (
    <Card title={t('connect.manual')}>
      {found.language !== language && <p className="dim small">{t('connect.manual_english')}</p>}
      <div className="manual" lang={found.language}>
        <Blocks blocks={found.blocks} />
      </div>
    </Card>
  );
}

function Blocks({ blocks }: { blocks: Block[] }) {
  return blocks.map((block, index) => {
    // Pieces of one page have no other name than their place.
    const key = `${block.kind}-${index.toString()}`;
    switch (block.kind) {
      case 'step':
        return (
          <div key={key} className="manual-step">
            <span className="wizard-number">{block.number}</span>
            <div className="stack tight">
              <p className="wrap">
                <Spans spans={block.spans} />
              </p>
              <Blocks blocks={block.more} />
            </div>
          </div>
        );
      case 'title':
        return <h3 key={key}>{block.text}</h3>;
      case 'code':
        return (
          <pre key={key} className="json">
            {block.text}
          </pre>
        );
      default:
        return (
          <p key={key} className="wrap">
            {block.kind === 'item' && '· '}
            <Spans spans={block.spans} />
          </p>
        );
    }
  });
}

function Spans({ spans }: { spans: Span[] }) {
  return spans.map((span, index) => {
    const key = `${span.look}-${index.toString()}`;
    if (span.look === 'code') return <code key={key}>{span.text}</code>;
    return span.look === 'strong' ? <strong key={key}>{span.text}</strong> : <span key={key}>{span.text}</span>;
  });
}
