/** One line in which an expression is written, with completion of the fields in reach and of functions. */
import { autocompletion, type Completion, type CompletionContext, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { FUNCTIONS } from './functions';

export interface ExpressionHandle {
  /** Puts a name where the cursor is. */
  insert: (name: string) => void;
}

interface Props {
  label: string;
  value: string;
  /** Names in reach, with what they hold. */
  fields: { name: string; value: string | null }[];
  readOnly: boolean;
  onChange: (value: string) => void;
  ref?: Ref<ExpressionHandle>;
}

const LOOK = EditorView.theme({
  '&': { border: '1px solid var(--control)', borderRadius: '4px', backgroundColor: 'var(--bg)', color: 'var(--text)' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', fontSize: '14px', lineHeight: '1.5', maxHeight: '9em', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)', padding: '6px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-tooltip': { backgroundColor: 'var(--bg)', color: 'var(--text)', border: '1px solid var(--border)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--info-bg)', color: 'var(--text)' },
});

export function ExpressionField({ label, value, fields, readOnly, onChange, ref }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef({ fields, onChange });
  now.current = { fields, onChange };

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once for a rule; what is in reach is read when it is asked for
  useEffect(() => {
    if (!place.current) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: value,
        extensions: [
          EditorView.cspNonce.of(document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''),
          history(),
          bracketMatching(),
          EditorView.lineWrapping,
          autocompletion({ override: [(context) => complete(context, now.current.fields)] }),
          // An expression is one line; Enter takes what is offered, and nothing else.
          EditorState.transactionFilter.of((change) => (change.docChanged && change.newDoc.lines > 1 ? [] : change)),
          keymap.of([...completionKeymap, ...defaultKeymap.filter((binding) => binding.key !== 'Enter'), ...historyKeymap]),
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', 'aria-multiline': 'false' }),
          EditorView.updateListener.of((update) => update.docChanged && now.current.onChange(update.state.doc.toString())),
          LOOK,
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);

  useImperativeHandle(ref, () => ({
    insert: (name) => {
      const made = view.current;
      if (!made) return;
      made.dispatch(made.state.replaceSelection(name), { userEvent: 'input' });
      made.focus();
    },
  }));
  return <div ref={place} className="expression" />;
}

function complete(context: CompletionContext, fields: Props['fields']) {
  const word = context.matchBefore(/[\w.[\]"\u4e00-\u9fff]*/);
  if (!word || (word.from === word.to && !context.explicit)) return null;
  const dot = word.text.lastIndexOf('.');
  const names: Completion[] = fields.map((field) => ({
    label: field.name,
    type: 'variable',
    detail: field.value === null ? undefined : field.value.slice(0, 40),
    boost: 1,
  }));
  const functions: Completion[] = FUNCTIONS.filter((known) => !known.method).map((known) => ({
    label: known.name,
    type: 'function',
    detail: known.signature,
    apply: `${known.name}(`,
  }));
  if (dot < 0 || names.some((name) => name.label.startsWith(word.text)))
    return { from: word.from, options: [...names, ...functions] };
  const methods = FUNCTIONS.filter((known) => known.method).map((known) => ({
    label: known.name,
    type: 'method',
    detail: known.signature,
    apply: `${known.name}(`,
  }));
  return { from: word.from + dot + 1, options: methods };
}
