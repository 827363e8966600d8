/**
 * The text of a definition while somebody works on it: one state for every tab that shows it, saved as a draft, never over
 * what somebody else saved meanwhile.
 */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ShouldBlockFn, useBlocker } from '@tanstack/react-router';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import { api, type Schemas, take } from '../../api/client';
import { ApiError } from '../../api/problem';
import { whoOf } from '../../app/identity';
import { useMe, useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { Skeleton } from '../../ui';
import { copyOf, dropCopy, type Known, keepCopy, resumed } from './copies';
import { placed } from './fixes';
import { LeavingSheet } from './LeavingSheet';
import { useDraft, useTextOrNone } from './use';

/** Quiet before the hub is asked what is wrong. */
const CHECK_AFTER_MS = 400;
/** Quiet before the draft is saved. */
const SAVE_AFTER_MS = 5_000;
/** How long whoever leaves waits for their text to be saved, before they are asked. */
const LEAVE_WITHIN_MS = 3_000;
/** This page among those of the same person. */
const PAGE = String(Math.random());

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
  const me = useMe();
  // Counts what was published from here: then the text begins anew from what is live.
  const [round, setRound] = useState(0);
  const text = useTextOrNone(kind, id);
  const draft = useDraft(kind, id, refused === null);
  const published = async () => {
    await client.invalidateQueries();
    client.setQueryData(['definition', kind, id, 'draft'], null);
    setRound((before) => before + 1);
  };
  if (me.isPending || (refused === null && draft.isPending && !draft.isError)) return <Skeleton lines={12} />;
  return (
    <Loaded query={text} lines={12}>
      {(live) => (
        <Provided
          {...of}
          key={`${kind}/${id}/${round}`}
          who={me.data ? whoOf(me.data).id : null}
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
  /** Whose copy is kept in this browser. */
  who: string | null;
  live: string;
  liveTag: string;
  draft: Schemas['DraftText'] | null;
  refused: string | null;
  onPublished: () => Promise<void>;
};

function Provided({ children, ...begun }: Begun & { children: ReactNode }) {
  const editing = useEditingOf(begun);
  return (
    <Context.Provider value={editing}>
      {children}
      <LeavingSheet leaving={editing.leaving} error={editing.save.error} kept={editing.isKept} />
    </Context.Provider>
  );
}

function useEditingOf({ kind, id, path, who, live, liveTag, draft, refused, onPublished }: Begun) {
  const client = useQueryClient();
  const copies = useMemo(() => (who === null || refused !== null ? null : { who, kind, id }), [who, refused, kind, id]);
  const [begun] = useState(() =>
    resumed(copies ? copyOf(copies) : null, { text: draft?.text ?? live, tag: draft?.hash ?? liveTag }),
  );
  const [text, setText] = useState(begun.text);
  const [saved, setSaved] = useState({ ...begun.base, isDraft: draft !== null });
  const [theirs, setTheirs] = useState<Known | null>(begun.theirs);
  const [restored, setRestored] = useState(begun.restored);
  const sending = useRef<string | null>(null);
  const checked = useQuiet(text, CHECK_AFTER_MS);
  const changed = text !== saved.text;
  const checking = useQuery({
    queryKey: ['validate', kind, id, checked],
    queryFn: () => take(api.POST('/api/v1/validate', { body: { text: checked, path, drafts: true } })),
    enabled: refused === null,
    placeholderData: (before) => before,
    gcTime: 30_000,
  });
  // One after the other: two at once would each be over what the other has not seen.
  const line = useRef<Promise<unknown>>(Promise.resolve());
  const over = useRef(saved.tag);
  over.current = saved.tag;
  const put = async (what: string) => {
    sending.current = what;
    const tag = await take(
      api.PUT('/api/v1/definitions/{kind}/{id}/draft', {
        // What was never saved nor published is new.
        params: {
          path: { kind, id },
          header: over.current ? { 'If-Match': `"${over.current}"` } : { 'If-None-Match': '*' },
        },
        body: { text: what },
      }),
    ).then(
      (item) => item.hash,
      async (error) => {
        // Left and come back to, the text may have been saved by this very page.
        const found = error instanceof ApiError && error.status === 412 ? await current(kind, id) : null;
        if (found?.text !== what) throw error;
        return found.tag;
      },
    );
    over.current = tag;
    return { what, tag };
  };
  const save = useMutation({
    mutationFn: (what: string) => {
      const turn = line.current.then(() => put(what));
      line.current = turn.catch(() => undefined);
      return turn;
    },
    onSuccess: ({ what, tag }) => {
      setSaved({ text: what, tag, isDraft: true });
      setTheirs(null);
      latest.current = { ...latest.current, changed: latest.current.text !== what };
      if (copies && !latest.current.changed) dropCopy(copies, PAGE);
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
      setRestored(null);
      client.setQueryData(['definition', kind, id, 'draft'], null);
      void client.invalidateQueries({ queryKey: ['definitions'] });
    },
  });
  const { mutate: store, mutateAsync: storeNow, isPending: storing } = save;
  const latest = useRef({ text, changed, settled: theirs === null });
  latest.current = { text, changed, settled: theirs === null };
  // Kept with every change, so that nothing hangs on what becomes of this page.
  const isKept = useKept(copies, { text, changed, base: saved, sending });
  useEffect(() => {
    // While two texts stand against each other, a person decides what is saved.
    if (refused !== null || !changed || theirs || storing) return;
    const timer = setTimeout(() => store(text), SAVE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, changed, theirs, storing, refused, store]);
  const leaving = useLeaving(latest, changed, storeNow);
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
    /** What both texts were made of, while they stand against each other. */
    base: saved.text,
    settle: (what: string) => {
      if (!theirs) return;
      setText(what);
      setSaved({ text: theirs.text, tag: theirs.tag, isDraft: true });
      setTheirs(null);
      setRestored(null);
    },
    /** When the text that was put back had been typed; null where nothing was. */
    restored,
    /** Goes back to the text that was saved last. */
    forget: () => {
      setText(theirs?.text ?? saved.text);
      if (theirs) setSaved({ ...theirs, isDraft: saved.isDraft });
      setTheirs(null);
      setRestored(null);
    },
    isKept,
    leaving,
    save,
    drop,
    checking,
    findings,
    onPublished,
  };
}

/** What the hub has by now: the draft that was saved elsewhere, or the live text. */
async function current(kind: string, id: string): Promise<Known | null> {
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

interface Held {
  text: string;
  changed: boolean;
  base: Known;
  sending: { current: string | null };
}

/** Keeps a copy of what is not saved; false where this browser keeps none. */
function useKept(of: Parameters<typeof copyOf>[0] | null, { text, changed, base, sending }: Held): boolean {
  const [isKept, setKept] = useState(true);
  // What is there when the text is opened and was not put back has been saved.
  const first = useRef(true);
  useEffect(() => {
    if (!of) {
      setKept(!changed);
      return;
    }
    if (changed) {
      const at = new Date().toISOString();
      setKept(keepCopy(of, { text, base: base.text, baseTag: base.tag, sending: sending.current, at, page: PAGE }));
    } else dropCopy(of, first.current ? undefined : PAGE);
    first.current = false;
  }, [of, text, changed, base.text, base.tag, sending]);
  return isKept;
}

/**
 * Whoever leaves for another page with unsaved text has it saved on the way, and is asked where that does not work. The browser
 * asks by itself before the page is closed.
 */
function useLeaving(
  latest: { readonly current: { text: string; changed: boolean; settled: boolean } },
  changed: boolean,
  store: (text: string) => Promise<unknown>,
) {
  const inTime = useCallback(
    (text: string) => {
      const late = new Promise<boolean>((done) => setTimeout(() => done(false), LEAVE_WITHIN_MS));
      const saved = store(text).then(
        () => true,
        () => false,
      );
      return Promise.race([saved, late]);
    },
    [store],
  );
  const stops = useCallback<ShouldBlockFn>(
    async ({ current: from, next }) => {
      if (from.pathname === next.pathname || !latest.current.changed) return false;
      return !(latest.current.settled && (await inTime(latest.current.text)));
    },
    [latest, inTime],
  );
  const last = useRef(store);
  last.current = store;
  useEffect(
    () => () => {
      // A part of a page that is left by itself; the copy is there where it fails.
      if (latest.current.changed && latest.current.settled) void last.current(latest.current.text).catch(() => undefined);
    },
    [latest],
  );
  return useBlocker({ shouldBlockFn: stops, enableBeforeUnload: changed, disabled: !changed, withResolver: true });
}
