/**
 * The text of a definition while somebody works on it: one state for every tab that shows it, saved as a draft, never over
 * what somebody else saved meanwhile.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { ApiError } from '../../api/problem';
import { useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { Skeleton } from '../../ui';
import { placed } from './fixes';
import { useDraft, useTextOrNone } from './use';

/** Quiet before the hub is asked what is wrong. */
const CHECK_AFTER_MS = 400;
/** Quiet before the draft is saved. */
const SAVE_AFTER_MS = 5_000;

const NONE: Schemas['Finding'][] = [];

interface Of {
  kind: string;
  id: string;
  /** Its file, as findings name it. */
  path: string;
}

export type Editing = ReturnType<typeof useEditingOf>;

const Context = createContext<Editing | null>(null);

/** What `EditingProvider` holds. */
export function useEditing(): Editing {
  const editing = useContext(Context);
  if (!editing) throw new Error('a text is edited inside EditingProvider');
  return editing;
}

/** Reads the live text and the caller's draft, and keeps what is done to them for everything inside. */
export function EditingProvider({ children, ...of }: Of & { children: ReactNode }) {
  const { kind, id } = of;
  const client = useQueryClient();
  const refused = useRefusal()('edit_drafts');
  // Counts what was published from here: then the text begins anew from what is live.
  const [round, setRound] = useState(0);
  const text = useTextOrNone(kind, id);
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
        <Provided
          {...of}
          key={`${kind}/${id}/${round}`}
          live={live?.text ?? ''}
          liveTag={live?.etag ?? ''}
          draft={draft.data ?? null}
          refused={refused}
          onPublished={published}
        >
          {children}
        </Provided>
      )}
    </Loaded>
  );
}

type Begun = Of & {
  live: string;
  liveTag: string;
  draft: Schemas['DraftText'] | null;
  refused: string | null;
  onPublished: () => Promise<void>;
};

function Provided({ children, ...begun }: Begun & { children: ReactNode }) {
  return <Context.Provider value={useEditingOf(begun)}>{children}</Context.Provider>;
}

function useEditingOf({ kind, id, path, live, liveTag, draft, refused, onPublished }: Begun) {
  const client = useQueryClient();
  const [text, setText] = useState(draft?.text ?? live);
  const [saved, setSaved] = useState({ text: draft?.text ?? live, tag: draft?.hash ?? liveTag, isDraft: draft !== null });
  const [theirs, setTheirs] = useState<{ text: string; tag: string } | null>(null);
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
          // What was never saved nor published is new.
          params: { path: { kind, id }, header: saved.tag ? { 'If-Match': `"${saved.tag}"` } : { 'If-None-Match': '*' } },
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
  const told = checking.data?.findings ?? NONE;
  const findings = useMemo(() => placed(told, path, checked), [told, path, checked]);
  return {
    kind,
    id,
    path,
    live,
    text,
    setText,
    /** The text after a moment without a key; what is asked of the hub is asked for this one. */
    quiet: checked,
    changed,
    isDraft: saved.isDraft,
    outdated: draft?.outdated === true,
    refused,
    theirs: theirs?.text ?? null,
    settle: () => {
      if (!theirs) return;
      setSaved({ text: theirs.text, tag: theirs.tag, isDraft: true });
      setTheirs(null);
    },
    save,
    drop,
    checking,
    findings,
    onPublished,
  };
}

/** What the hub has by now: the draft that was saved elsewhere, or the live text. */
async function current(kind: string, id: string): Promise<{ text: string; tag: string } | null> {
  const path = { kind, id };
  const draft = await api.GET('/api/v1/definitions/{kind}/{id}/draft', { params: { path } });
  if (draft.data) return { text: draft.data.text ?? '', tag: draft.data.hash };
  const live = await api.GET('/api/v1/definitions/{kind}/{id}/text', { params: { path } });
  return live.data ? { text: live.data.text, tag: live.data.etag } : null;
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
