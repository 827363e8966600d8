import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Schemas } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Card, Chip, Empty, Json, Table } from '../../ui';
import { EditBar } from '../definitions/EditBar';
import { useEditing } from '../definitions/editing';
import { Findings } from '../definitions/Findings';
import { type Declared, declared, differs, nextRun, testsOf } from './cases';
import { TakeCase } from './TakeCase';
import { useLiveFiles, useMyFiles, useRun } from './use';

type CaseView = Schemas['CaseView'];
type Texts = Record<string, string | null>;

/** The cases beside a mapping or a flow, run against the text at hand. */
export function TestsTab() {
  const t = useT();
  const { kind, id, path, text, changed, quiet } = useEditing();
  const refusal = useRefusal();
  const refused = refusal('edit_drafts') ?? refusal('publish');
  const { ready, files, mine } = useMyFiles(refusal('edit_drafts') === null);
  const [asked, setAsked] = useState<string | null>(null);
  const next = nextRun(asked, { text, saved: !changed });
  if (next !== asked) setAsked(next);
  const run = useRun(path, files, ready ? asked : null);
  const own = kind === 'mapping' ? declared(quiet) : [];
  const texts = { ...useLiveFiles(), ...files };
  const tests = kind === 'flow' ? testsOf(id, texts) : [];
  const concerns = (one: CaseView) => (kind === 'flow' ? one.kind === 'flow' && tests.includes(one.file) : one.file === path);
  return (
    <div className="stack">
      <EditBar />
      <p className="dim">{t('tests.what')}</p>
      {refused && <Banner tone="warn">{refused}</Banner>}
      {mine.length > 0 && (
        <Banner>
          {t('tests.files', { count: mine.length })} <Link to="/releases">{t('tests.to_releases')}</Link>
        </Banner>
      )}
      <div className="row">
        <Button
          icon="refresh"
          refused={refused}
          disabled={run.isFetching}
          onPress={() => (asked === text ? void run.refetch() : setAsked(text))}
        >
          {t('tests.run')}
        </Button>
        {asked !== null && asked !== text && <span className="dim small">{t('tests.before_change')}</span>}
      </div>
      {asked === null ? (
        <Known own={own} files={tests} texts={texts} />
      ) : (
        <Loaded query={run} lines={6}>
          {({ cases, findings }) => <Results cases={cases.filter(concerns)} findings={findings} own={own} texts={texts} />}
        </Loaded>
      )}
      {kind === 'mapping' && <TakeCase />}
      {kind === 'flow' && (
        <p>
          <Link to="/flows/$flow" params={{ flow: id }} search={{ tab: 'simulate' }}>
            {t('tests.by_playing')}
          </Link>
        </p>
      )}
    </div>
  );
}

/** Which cases there are, before they were run. */
function Known({ own, files, texts }: { own: Declared[]; files: string[]; texts: Texts }) {
  const t = useT();
  if (own.length === 0 && files.length === 0) return <Empty title={t('tests.none')} why={t('tests.none_why')} />;
  return (
    <ul className="stack tight">
      {own.map((one) => (
        <li key={one.name}>
          {one.name}
          <FileText path={one.inputs} texts={texts} />
          <FileText path={one.expect} texts={texts} />
        </li>
      ))}
      {files.map((file) => (
        <li key={file}>
          <FileText path={file} texts={texts} />
        </li>
      ))}
    </ul>
  );
}

function Results({
  cases,
  findings,
  own,
  texts,
}: {
  cases: CaseView[];
  findings: Schemas['Finding'][];
  own: Declared[];
  texts: Texts;
}) {
  const t = useT();
  const failing = cases.filter((one) => !one.passes).length;
  const broken = findings.filter((finding) => finding.severity === 'error');
  return (
    <>
      <div role="status">
        {cases.length > 0 && (
          <Chip tone={failing > 0 ? 'bad' : 'ok'} icon={failing > 0 ? 'alert' : 'check'}>
            {t('publish.cases', { passed: cases.length - failing, count: cases.length })}
          </Chip>
        )}
      </div>
      {broken.length > 0 && <Banner tone="bad">{t('tests.broken')}</Banner>}
      <Findings findings={broken} />
      {cases.length === 0 && broken.length === 0 && <Empty title={t('tests.none')} why={t('tests.none_why')} />}
      <ol className="stack">
        {cases.map((one) => (
          <li key={`${one.file}-${one.name}`}>
            <OneCase one={one} files={own.find(({ name }) => name === one.name)} texts={texts} />
          </li>
        ))}
      </ol>
    </>
  );
}

function OneCase({ one, files, texts }: { one: CaseView; files?: Declared; texts: Texts }) {
  const t = useT();
  const differences = (one.differences ?? []).map(differs);
  return (
    <Card
      level={3}
      title={
        <span className="row">
          <Chip tone={one.passes ? 'ok' : 'bad'} icon={one.passes ? 'check' : 'alert'}>
            {one.passes ? t('cases.passes') : t('cases.fails')}
          </Chip>
          {one.name}
        </span>
      }
    >
      {files ? (
        <>
          <FileText path={files.inputs} texts={texts} />
          <FileText path={files.expect} texts={texts} />
        </>
      ) : (
        one.kind === 'flow' && <FileText path={one.file} texts={texts} />
      )}
      {differences.length > 0 && (
        <Table caption={t('tests.differences', { name: one.name })} heads={[t('tests.place'), t('tests.expected'), t('tests.got')]}>
          {differences.map((each) => (
            <tr key={`${each.place}-${each.got}`}>
              <th scope="row" colSpan={each.got === null ? 3 : undefined} className="wrap">
                {each.got === null ? each.place : <code className="wrap">{each.place}</code>}
              </th>
              {each.got !== null && (
                <>
                  <td className="mono wrap added">{each.expected}</td>
                  <td className="mono wrap removed">{each.got}</td>
                </>
              )}
            </tr>
          ))}
        </Table>
      )}
    </Card>
  );
}

/** A file by its path, with its text where it is known. */
function FileText({ path, texts }: { path: string; texts: Texts }) {
  const text = texts[path];
  if (!text) return <code className="small">{path}</code>;
  return (
    <details>
      <summary className="small">
        <code>{path}</code>
      </summary>
      <Json value={text} label={path} />
    </details>
  );
}
