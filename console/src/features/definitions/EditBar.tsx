import { lazy, Suspense, useState } from 'react';
import { ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Chip, Skeleton, Time } from '../../ui';
import { useEditing } from './editing';
import { PublishSheet } from './PublishSheet';

const MergePanel = lazy(() => import('./MergePanel').then((module) => ({ default: module.MergePanel })));

/** How the text stands, and what can be done with it: the same above every tab that changes it. */
export function EditBar() {
  const t = useT();
  const { kind, id, text, changed, isDraft, outdated, refused, theirs, settle, save, drop, checking, onPublished } = useEditing();
  const { restored, forget, isKept, base } = useEditing();
  const [publishing, setPublishing] = useState(false);
  return (
    <>
      <div className="row between">
        <div className="row" role="status">
          {changed ? (
            <Chip tone="warn">{t('draft.unsaved')}</Chip>
          ) : isDraft ? (
            <Chip tone="info">{t('draft.saved')}</Chip>
          ) : (
            <Chip tone="ok">{t('draft.live')}</Chip>
          )}
          {outdated && <Chip tone="warn">{t('draft.outdated')}</Chip>}
          {checking.data && (
            <Chip
              tone={checking.data.errors > 0 ? 'bad' : checking.data.warnings > 0 ? 'warn' : 'ok'}
              icon={checking.data.errors > 0 ? 'alert' : 'check'}
            >
              {t('draft.findings', { errors: checking.data.errors, warnings: checking.data.warnings })}
            </Chip>
          )}
        </div>
        <div className="row">
          <Button refused={refused} disabled={!changed || save.isPending} onPress={() => save.mutate(text)}>
            {t('draft.save')}
          </Button>
          <Button refused={refused} disabled={!isDraft || drop.isPending} onPress={() => drop.mutate()}>
            {t('draft.drop')}
          </Button>
          <Button
            kind="primary"
            refused={refused ?? (changed ? t('draft.save_first') : isDraft ? null : t('draft.nothing'))}
            onPress={() => setPublishing(true)}
          >
            {t('publish.title')}
          </Button>
        </div>
      </div>
      {refused && <Banner>{refused}</Banner>}
      {restored !== null && (
        <Banner
          tone="info"
          live
          action={
            changed && (
              <Button size="small" onPress={forget}>
                {t('draft.forget')}
              </Button>
            )
          }
        >
          <strong>{t('draft.restored')}</strong>
          {restored && (
            <span>
              <Time at={restored} exact />
            </span>
          )}
        </Banner>
      )}
      {changed && !isKept && <Banner tone="warn">{t('draft.unkept')}</Banner>}
      {theirs !== null && (
        <Suspense fallback={<Skeleton lines={3} />}>
          <MergePanel base={base} mine={text} theirs={theirs} onSettled={settle} />
        </Suspense>
      )}
      {save.isError && theirs === null && <ProblemView error={save.error} compact />}
      {drop.isError && <ProblemView error={drop.error} compact />}
      {checking.isError && <ProblemView error={checking.error} compact />}
      {publishing && (
        <PublishSheet
          drafts={[{ kind, id }]}
          onClose={() => setPublishing(false)}
          onPublished={() => {
            setPublishing(false);
            void onPublished();
          }}
        />
      )}
    </>
  );
}
