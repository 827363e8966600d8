/** The text of a definition, as it is in its file: nothing here ever prints YAML anew. */
import { autocompletion, type CompletionSource, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, defaultHighlightStyle, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';

export interface YamlEditorHandle {
  /** Puts the cursor at a place and shows it. */
  goTo: (offset: number) => void;
  /** Makes a small change of the text, as if it had been typed. */
  change: (changes: { from: number; to: number; insert: string }[]) => void;
}

interface Props {
  label: string;
  text: string;
  readOnly?: boolean;
  onChange?: (text: string) => void;
  diagnostics?: Diagnostic[];
  complete?: CompletionSource;
  ref?: Ref<YamlEditorHandle>;
}

const COLOURS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--info)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--text3)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--waiting)' },
]);

const LOOK = EditorView.theme({
  '&': {
    border: '1px solid var(--control)',
    borderRadius: '4px',
    backgroundColor: 'var(--bg)',
    color: 'var(--text)',
    maxHeight: '70vh',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', fontSize: '13px', lineHeight: '1.5', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--bg2)', color: 'var(--text3)', borderRight: '1px solid var(--border)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--accent) 8%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 30%, transparent)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--bg)', color: 'var(--text)', border: '1px solid var(--border)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--info-bg)', color: 'var(--text)' },
  '.cm-panels': { backgroundColor: 'var(--bg2)', color: 'var(--text)' },
});

/** The nonce that the hub gave this page, for the style elements that the editor makes. */
function nonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

export function YamlEditor({ label, text, readOnly, onChange, diagnostics, complete, ref }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useRef(onChange);
  changed.current = onChange;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes is handed to it below
  useEffect(() => {
    if (!place.current) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorView.cspNonce.of(nonce()),
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightSelectionMatches(),
          yaml(),
          syntaxHighlighting(COLOURS),
          syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
          lintGutter(),
          autocompletion(complete ? { override: [complete] } : {}),
          keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap, indentWithTab]),
          EditorState.readOnly.of(readOnly ?? false),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
          EditorView.updateListener.of((update) => update.docChanged && changed.current?.(update.state.doc.toString())),
          LOOK,
        ],
      }),
    });
    // What scrolls must be reachable by keyboard where its text cannot be typed into.
    made.scrollDOM.tabIndex = 0;
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    const made = view.current;
    if (!made || made.state.doc.toString() === text) return;
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    const made = view.current;
    if (!made) return;
    const length = made.state.doc.length;
    const fitting = (diagnostics ?? []).map((found) => ({
      ...found,
      from: Math.min(found.from, length),
      to: Math.min(Math.max(found.to, found.from), length),
    }));
    made.dispatch(setDiagnostics(made.state, fitting));
  }, [diagnostics]);

  useImperativeHandle(ref, () => ({
    goTo: (offset) => {
      const made = view.current;
      if (!made) return;
      const at = Math.min(offset, made.state.doc.length);
      made.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
      made.focus();
    },
    change: (changes) => view.current?.dispatch({ changes, userEvent: 'input' }),
  }));
  return <div ref={place} className="yaml-editor" />;
}
