import type { ReactNode } from 'react';
import type { Schemas } from '../../api/client';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Button, Empty, Table, toast } from '../../ui';
import { apply } from '../../yamltext/edits';
import { EditBar } from '../definitions/EditBar';
import { EditingProvider, useEditing } from '../definitions/editing';
import { Findings } from '../definitions/Findings';
import { useKind } from '../notices/use';
import { namesSource, type Settling, waysOf } from './settle';

type View = Schemas['OrganisationView'];
type Conflict = Schemas['OrganisationConflict'];

/** Where the systems and the directory's file differ: both words, whose counts, and how to settle it. */
export function Conflicts({ view }: { view: View }) {
  const t = useT();
  const { query, found } = useKind('directory');
  if (view.conflicts.length === 0) return <Empty title={t('conflicts.none')} why={t('conflicts.none_why')} />;
  return (
    <Loaded query={query} lines={6}>
      {() => {
        const named = view.sources.map(({ connection }) => connection);
        const one = found.find(({ text }) => text && named.some((name) => namesSource(text, name))) ?? found[0];
        if (!one) return <Listed view={view} settle={() => null} />;
        return (
          <EditingProvider kind="directory" id={one.item.id} path={one.item.path}>
            <Settled view={view} />
          </EditingProvider>
        );
      }}
    </Loaded>
  );
}

function Settled({ view }: { view: View }) {
  const t = useT();
  const { text, setText, path, refused, findings } = useEditing();
  const put = ({ text: next }: Settling) => {
    if (next === null) toast({ tone: 'warn', text: t('map.in_text') });
    else {
      setText(next);
      toast({ tone: 'ok', text: t('conflicts.put') });
    }
  };
  return (
    <div className="stack">
      <p className="dim">{t('conflicts.what')}</p>
      <EditBar />
      <Listed
        view={view}
        settle={(conflict) => {
          const ways = waysOf(conflict, text);
          if (ways.length === 0) return <Elsewhere conflict={conflict} />;
          return (
            <span className="stack tight start">
              {ways.map((way) => (
                <Button key={way.way} size="small" refused={refused} onPress={() => put(way)}>
                  {t(`conflicts.way.${way.way}`, { name: way.connection, value: way.value })}
                </Button>
              ))}
            </span>
          );
        }}
      />
      <Findings
        findings={findings}
        here={path}
        text={refused === null ? text : undefined}
        onFix={(fix) => setText(apply(text, fix))}
      />
    </div>
  );
}

function Listed({ view, settle }: { view: View; settle: (conflict: Conflict) => ReactNode }) {
  const t = useT();
  const word = useWord();
  return (
    <div className="stack tight">
      <Table
        caption={t('organisation.conflicts', { count: view.conflicts_total })}
        heads={[t('conflicts.about'), t('conflicts.field'), t('conflicts.counts'), t('conflicts.differs'), t('conflicts.settle')]}
      >
        {view.conflicts.map((conflict) => (
          <tr key={`${conflict.about}-${conflict.id}-${conflict.field}-${conflict.other_of ?? ''}`}>
            <th scope="row">
              {conflict.name} <code className="dim small">{conflict.id}</code>
              {conflict.about === 'department' && <div className="dim small">{t('told.department')}</div>}
            </th>
            <td>{word('told', conflict.field)}</td>
            <td>
              {conflict.used == null ? (
                <span className="dim">{t('conflicts.nothing')}</span>
              ) : (
                <Word conflict={conflict} word={conflict.used} of={conflict.used_of} />
              )}
            </td>
            <td>
              <Word conflict={conflict} word={conflict.other} of={conflict.other_of} />
            </td>
            <td>{settle(conflict)}</td>
          </tr>
        ))}
      </Table>
      {view.conflicts_total > view.conflicts.length && (
        <p className="dim">{t('conflicts.more', { count: view.conflicts_total - view.conflicts.length })}</p>
      )}
    </div>
  );
}

function Word({ conflict, word, of }: { conflict: Conflict; word: string; of?: string | null }) {
  const t = useT();
  const said = conflict.field === 'active' ? t(word === 'true' ? 'conflicts.works' : 'conflicts.left') : word;
  return (
    <>
      <span className="wrap">{said}</span>
      <div className="dim small">{of ?? t('conflicts.file')}</div>
    </>
  );
}

/** What no text of ours can settle: where it can be. */
function Elsewhere({ conflict }: { conflict: Conflict }) {
  const t = useT();
  const word = useWord();
  const of = conflict.other_of ?? t('conflicts.file');
  if (conflict.unusable)
    return (
      <span className="small">
        {word('unusable', conflict.unusable)} {t('conflicts.mend', { of })}
      </span>
    );
  if (conflict.field === 'active') return <span className="small">{t('conflicts.active', { of })}</span>;
  return (
    <span className="small">{t('conflicts.between', { first: conflict.used_of ?? '', second: conflict.other_of ?? '' })}</span>
  );
}
