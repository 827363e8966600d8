import { Link } from '@tanstack/react-router';
import type { Schemas } from '../../api/client';
import { useRefusal } from '../../app/me';
import { Loaded } from '../../app/states';
import { useT } from '../../i18n';
import { Banner, Button, Card, Chip, Empty, Table } from '../../ui';
import { EditBar } from '../definitions/EditBar';
import { useEditing } from '../definitions/editing';
import { Findings } from '../definitions/Findings';
import { declared, differs } from './cases';
import { TakeCase } from './TakeCase';
import { useMyFiles, useRun } from './use';

type CaseView = Schemas['CaseView'];

/** The cases beside a mapping or a flow, run against the text at hand after each change. `beside`: files of tests about it. */
export function TestsTab({ beside }: { beside: readonly string[] }) {
  const t = useT();
  const { kind, id, path, quiet } = useEditing();
  const refusal = useRefusal();
  const refused = refusal('edit_drafts') ?? refusal('publish');
  const { ready, files, mine } = useMyFiles(refusal('edit_drafts') === null);
  const run = useRun(path, quiet, files, refused === null && ready);
  const own = kind === 'mapping' ? declared(quiet) : [];
  // A test that is a draft says in its text which flow it plays.
  const drafts = Object.entries(files).flatMap(([file, text]) => (isTestOf(text, id) ? [file] : []));
  const tests = new Set([...beside, ...drafts]);
  const concerns = (one: CaseView) => (kind === 'flow' ? one.kind === 'flow' && tests.has(one.file) : one.file === path);
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
      {refused === null ? (
        <Loaded query={run} lines={6}>
          {({ cases, findings }) => {
            const shown = cases.filter(concerns);
            const failing = shown.filter((one) => !one.passes).length;
            const broken = findings.filter((finding) => finding.severity === 'error');
            return (
              <>
                <div className="row between">
                  <div role="status">
                    {shown.length > 0 && (
                      <Chip tone={failing > 0 ? 'bad' : 'ok'} icon={failing > 0 ? 'alert' : 'check'}>
                        {t('publish.cases', { passed: shown.length - failing, count: shown.length })}
                      </Chip>
                    )}
                  </div>
                  <Button icon="refresh" disabled={run.isFetching} onPress={() => void run.refetch()}>
                    {t('tests.run')}
                  </Button>
                </div>
                {broken.length > 0 && <Banner tone="bad">{t('tests.broken')}</Banner>}
                <Findings findings={broken} />
                {shown.length === 0 && broken.length === 0 && <Empty title={t('tests.none')} why={t('tests.none_why')} />}
                <ol className="stack">
                  {shown.map((one) => (
                    <li key={`${one.file}-${one.name}`}>
                      <OneCase one={one} files={own.find(({ name }) => name === one.name)} />
                    </li>
                  ))}
                </ol>
              </>
            );
          }}
        </Loaded>
      ) : (
        <ul className="stack tight">
          {own.map((one) => (
            <li key={one.name}>
              {one.name} <code className="dim small">{one.inputs}</code>
            </li>
          ))}
          {kind === 'flow' &&
            beside.map((file) => (
              <li key={file}>
                <ToFile kind="test" path={file} />
              </li>
            ))}
        </ul>
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

function isTestOf(text: string | null, flow: string): boolean {
  return text !== null && /^test:/m.test(text) && new RegExp(`^flow: *["']?${flow}["']? *(#.*)?$`, 'm').test(text);
}

function OneCase({ one, files }: { one: CaseView; files?: { inputs: string; expect: string } }) {
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
      action={one.kind === 'flow' ? <ToFile kind="test" path={one.file} /> : undefined}
    >
      {files && (
        <p className="small">
          <ToFile kind="file" path={files.inputs} /> → <ToFile kind="file" path={files.expect} />
        </p>
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

function ToFile({ kind, path }: { kind: 'file' | 'test'; path: string }) {
  return (
    <Link to="/definitions/$kind/$id" params={{ kind, id: path }} className="mono small">
      {path}
    </Link>
  );
}
