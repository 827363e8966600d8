import type { CompletionContext, CompletionSource } from '@codemirror/autocomplete';
import type { Diagnostic } from '@codemirror/lint';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { ApiError } from '../../api/problem';
import { useRefusal } from '../../app/me';
import { Loaded, ProblemView } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Chip, Skeleton } from '../../ui';
import { offersAt, type Schema, spotAt } from './complete';
import { Findings } from './Findings';
import { PublishSheet } from './PublishSheet';
import { schemaOf } from './schemas';
import { useDraft, useText } from './use';
import type { YamlEditorHandle } from './YamlEditor';

/** The editor is the largest part of the console; it comes when a text is opened. */
const YamlEditor = lazy(() => import('./YamlEditor').then((module) => ({ default: module.YamlEditor })));

/** Quiet before the hub is asked what is wrong. */
const CHECK_AFTER_MS = 400;
/** Quiet before the draft is saved. */
const SAVE_AFTER_MS = 5_000;

interface Props {
  kind: string;
  id: string;
  /** Of the live text. */
  etag: string;
  path: string;
}

export function TextTab(props: Props) {
  const { kind, id } = props;
  const client = useQueryClient();
  const refused = useRefusal()('edit_drafts');
  // Counts what was published from here: then the text begins anew from what is live.
  const [round, setRound] = useState(0);
  const text = useText(kind, id);
  const draft = useDraft(kind, id, refused === null);
  const published = async () => {
    await client.invalidateQueries();
    client.setQueryData(['definition', kind, id, 'draft'], null);
    setRound((before) => before + 1);
  };
  if (refused === null && draft.isPending && !draft.isError) return <Skeleton lines={12} />;
  return (
    <Loaded query={text} lines={12}>
      {(live) => (
        <Editing
          {...props}
          key={`${kind}/${id}/${round}`}
          live={live.text}
          liveTag={live.etag}
          draft={draft.data ?? null}
          refused={refused}
          onPublished={published}
        />
      )}
    </Loaded>
  );
}

function Editing({
  kind,
  id,
  path,
  live,
  liveTag,
  draft,
  refused,
  onPublished,
}: Props & {
  live: string;
  liveTag: string;
  draft: Schemas['DraftText'] | null;
  refused: string | null;
  onPublished: () => Promise<void>;
}) {
  const t = useT();
  const client = useQueryClient();
  const editor = useRef<YamlEditorHandle>(null);
  const [text, setText] = useState(draft?.text ?? live);
  const [saved, setSaved] = useState({ text: draft?.text ?? live, tag: draft?.hash ?? liveTag, isDraft: draft !== null });
  const [theirs, setTheirs] = useState<{ text: string; tag: string } | null>(null);
  const [publishing, setPublishing] = useState(false);
  const checked = useQuiet(text, CHECK_AFTER_MS);
  const changed = text !== saved.text;
  const checking = useQuery({
    queryKey: ['validate', kind, id, checked],
    queryFn: () => take(api.POST('/api/v1/validate', { body: { text: checked, path, drafts: true } })),
    enabled: refused === null,
    placeholderData: (before) => before,
    gcTime: 30_000,
  });
  const save = useMutation({
    mutationFn: async (what: string) => {
      const item = await take(
        api.PUT('/api/v1/definitions/{kind}/{id}/draft', {
          params: { path: { kind, id }, header: { 'If-Match': `"${saved.tag}"` } },
          body: { text: what },
        }),
      );
      return { what, tag: item.hash };
    },
    onSuccess: ({ what, tag }) => {
      setSaved({ text: what, tag, isDraft: true });
      setTheirs(null);
      void client.invalidateQueries({ queryKey: ['definitions'] });
    },
    onError: async (error) => {
      if (!(error instanceof ApiError) || error.status !== 412) return;
      setTheirs(await current(kind, id));
    },
  });
  const drop = useMutation({
    mutationFn: () =>
      take(
        api.DELETE('/api/v1/definitions/{kind}/{id}/draft', {
          params: { path: { kind, id }, header: { 'If-Match': `"${saved.tag}"` } },
        }),
      ),
    onSuccess: () => {
      setText(live);
      setSaved({ text: live, tag: liveTag, isDraft: false });
      setTheirs(null);
      client.setQueryData(['definition', kind, id, 'draft'], null);
      void client.invalidateQueries({ queryKey: ['definitions'] });
    },
  });
  const { mutate: store, isPending: storing } = save;
  useEffect(() => {
    // While two texts stand against each other, a person decides what is saved.
    if (refused !== null || !changed || theirs || storing) return;
    const timer = setTimeout(() => store(text), SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, changed, theirs, storing, refused, store]);
  useLeaving(changed);
  const findings = checking.data?.findings ?? [];
  const own = findings.filter((finding) => finding.file === path);
  const diagnostics = useMemo(() => own.map(diagnosticOf), [own]);
  const complete = useCompletion(kind);
  return (
    <div className="stack">
      <div className="row between">
        <div className="row" role="status">
          {changed ? (
            <Chip tone="warn">{t('draft.unsaved')}</Chip>
          ) : saved.isDraft ? (
            <Chip tone="info">{t('draft.saved')}</Chip>
          ) : (
            <Chip tone="ok">{t('draft.live')}</Chip>
          )}
          {draft?.outdated && <Chip tone="warn">{t('draft.outdated')}</Chip>}
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
          <Button refused={refused} disabled={!saved.isDraft || drop.isPending} onPress={() => drop.mutate()}>
            {t('draft.drop')}
          </Button>
          <Button
            kind="primary"
            refused={refused ?? (changed ? t('draft.save_first') : saved.isDraft ? null : t('draft.nothing'))}
            onPress={() => setPublishing(true)}
          >
            {t('publish.title')}
          </Button>
        </div>
      </div>
      {refused && <Banner>{refused}</Banner>}
      {theirs && (
        <Banner
          tone="warn"
          action={
            <Button
              size="small"
              kind="primary"
              onPress={() => {
                setSaved({ text: theirs.text, tag: theirs.tag, isDraft: true });
                setTheirs(null);
              }}
            >
              {t('draft.settled')}
            </Button>
          }
        >
          <strong>{t('draft.conflict')}</strong>
          <span>{t('draft.conflict_how')}</span>
        </Banner>
      )}
      {save.isError && !theirs && <ProblemView error={save.error} compact />}
      {drop.isError && <ProblemView error={drop.error} compact />}
      {checking.isError && <ProblemView error={checking.error} compact />}
      <Suspense fallback={<Skeleton lines={12} />}>
        <YamlEditor
          ref={editor}
          label={t('definitions.text_of', { id })}
          text={text}
          readOnly={refused !== null}
          onChange={setText}
          diagnostics={diagnostics}
          against={theirs?.text ?? null}
          complete={complete}
        />
      </Suspense>
      <Findings findings={findings} here={path} onGo={(offset) => editor.current?.goTo(offset)} />
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
    </div>
  );
}

/** What the hub has by now: the draft that was saved elsewhere, or the live text. */
async function current(kind: string, id: string): Promise<{ text: string; tag: string } | null> {
  const path = { kind, id };
  const draft = await api.GET('/api/v1/definitions/{kind}/{id}/draft', { params: { path } });
  if (draft.data) return { text: draft.data.text ?? '', tag: draft.data.hash };
  const live = await api.GET('/api/v1/definitions/{kind}/{id}/text', { params: { path } });
  return live.data ? { text: live.data.text, tag: live.data.etag } : null;
}

function diagnosticOf(finding: Schemas['Finding']): Diagnostic {
  const from = finding.place.offset;
  return {
    from,
    to: from + Math.max(1, finding.place.length),
    severity: finding.severity === 'error' ? 'error' : 'warning',
    source: finding.code,
    message: finding.hint ? `${finding.message}\n${finding.hint}` : finding.message,
  };
}

/** Keys and words that the schema of the kind allows where the cursor is. */
function useCompletion(kind: string): CompletionSource {
  const schema = useRef<Schema | null>(null);
  useEffect(() => {
    schemaOf(kind).then((found) => {
      schema.current = found;
    });
  }, [kind]);
  return useMemo(
    () => (context: CompletionContext) => {
      if (!schema.current) return null;
      const spot = spotAt(context.state.doc.toString(), context.pos);
      if (!context.explicit && spot.from === context.pos) return null;
      const options = offersAt(schema.current, spot).map((offer) => ({
        label: offer.label,
        type: offer.kind === 'key' ? 'property' : 'enum',
        info: offer.detail,
        apply: offer.kind === 'key' ? `${offer.label}: ` : offer.label,
      }));
      return options.length > 0 ? { from: spot.from, options } : null;
    },
    [],
  );
}

function useQuiet(text: string, after: number): string {
  const [quiet, setQuiet] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(text), after);
    return () => clearTimeout(timer);
  }, [text, after]);
  return quiet;
}

/** The browser asks before a page with unsaved text is closed. */
function useLeaving(changed: boolean) {
  useEffect(() => {
    if (!changed) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [changed]);
}
