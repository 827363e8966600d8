import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, take } from '../../api/client';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Banner, Button, Card, Json } from '../../ui';
import { Findings } from '../definitions/Findings';
import { PublishSheet } from '../definitions/PublishSheet';
import { type Choice, useDraftedParts } from './use';

/** The draft as it will stand in its file, with what the hub finds, and the way to make it live. */
export function CheckStep({
  choice,
  connection,
  text,
  byHand,
  onBack,
  onPublished,
}: {
  choice: Choice;
  connection: string;
  text: string;
  byHand: boolean;
  onBack: () => void;
  onPublished: () => void;
}) {
  const t = useT();
  const word = useWord();
  const [publishing, setPublishing] = useState(false);
  const path = `config/connections/${connection}.yaml`;
  const check = useQuery({
    queryKey: ['validate', 'connection', connection, text],
    queryFn: () => take(api.POST('/api/v1/validate', { body: { text, path, drafts: true } })),
    gcTime: 0,
  });
  const places = [...text.matchAll(/\{secret: ([^}]+)\}/g)].map((match) => match[1] ?? '');
  const parts = useDraftedParts(choice.parts).data ?? [];
  const drafts = [...parts.map(({ kind, id }) => ({ kind, id })), { kind: 'connection', id: connection }];
  return (
    <div className="stack">
      <div className="columns">
        <Card
          title={t('connect.draft')}
          action={
            <Link to="/definitions/$kind/$id" params={{ kind: 'connection', id: connection }} search={{ tab: 'text' }}>
              {t('connect.to_text')}
            </Link>
          }
        >
          <code className="dim small wrap">{path}</code>
          <Json value={text} label={t('connect.draft')} />
          {parts.length > 0 && (
            <>
              <p>{t('connect.brings')}</p>
              <ul className="stack tight">
                {parts.map((part) => (
                  <li key={part.path} className="small wrap">
                    {word('kind', part.kind)} <code>{part.path}</code>
                  </li>
                ))}
              </ul>
            </>
          )}
        </Card>
        <Card title={t('connect.before')}>
          <p>{t(places.length > 0 ? 'connect.put_secrets' : 'connect.no_secrets')}</p>
          {places.length > 0 && (
            <ul className="stack tight">
              {places.map((place) => (
                <li key={place}>
                  <code className="wrap">{place}</code>
                </li>
              ))}
            </ul>
          )}
          <p className="dim">{t('connect.publish_first')}</p>
        </Card>
      </div>
      <Loaded query={check} lines={3}>
        {(found) => (
          <>
            <Banner tone={found.errors > 0 ? 'bad' : 'ok'} live>
              {t('draft.findings', { errors: found.errors, warnings: found.warnings })}
            </Banner>
            <Findings findings={found.findings} />
            <div className="row end">
              {!byHand && <Button onPress={onBack}>{t('connect.back')}</Button>}
              <Button
                kind="primary"
                refused={found.errors > 0 ? t('connect.errors_first') : null}
                onPress={() => setPublishing(true)}
              >
                {t('publish.title')}
              </Button>
            </div>
          </>
        )}
      </Loaded>
      {publishing && <PublishSheet drafts={drafts} onClose={() => setPublishing(false)} onPublished={onPublished} />}
    </div>
  );
}
