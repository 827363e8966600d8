import type { CompletionContext, CompletionSource } from '@codemirror/autocomplete';
import type { Diagnostic } from '@codemirror/lint';
import { lazy, Suspense, useEffect, useMemo, useRef } from 'react';
import type { Schemas } from '../../api/client';
import { useT } from '../../i18n';
import { Skeleton } from '../../ui';
import { offersAt, type Schema, spotAt } from './complete';
import { EditBar } from './EditBar';
import { useEditing } from './editing';
import { Findings } from './Findings';
import { schemaOf } from './schemas';
import type { YamlEditorHandle } from './YamlEditor';

/** The editor is the largest part of the console; it comes when a text is opened. */
const YamlEditor = lazy(() => import('./YamlEditor').then((module) => ({ default: module.YamlEditor })));

/** The text as it is in its file, with what is wrong with it. */
export function TextTab() {
  const t = useT();
  const { kind, id, path, text, setText, refused, findings } = useEditing();
  const editor = useRef<YamlEditorHandle>(null);
  const diagnostics = useMemo(() => findings.filter((finding) => finding.file === path).map(diagnosticOf), [findings, path]);
  const complete = useCompletion(kind);
  return (
    <div className="stack">
      <EditBar />
      <Suspense fallback={<Skeleton lines={12} />}>
        <YamlEditor
          ref={editor}
          label={t('definitions.text_of', { id })}
          text={text}
          readOnly={refused !== null}
          onChange={setText}
          diagnostics={diagnostics}
          complete={complete}
        />
      </Suspense>
      <Findings
        findings={findings}
        here={path}
        text={refused === null ? text : undefined}
        onGo={(offset) => editor.current?.goTo(offset)}
        onFix={(fix) => editor.current?.change(fix)}
      />
    </div>
  );
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
