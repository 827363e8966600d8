import type { Schemas } from '../../api/client';
import { useCount } from '../../app/count';
import { Loaded } from '../../app/states';
import { duration } from '../../format/time';
import { type Key, useLanguage, useT } from '../../i18n';
import { Card, Table } from '../../ui';
import { type Beside, beside } from './against';
import { useNameOf } from './names';
import { useInsight } from './use';

/** What was otherwise in as many days before. */
export function AgainstTable({ flow, range, insight }: { flow: string; range: string; insight: Schemas['FlowInsight'] }) {
  const t = useT();
  const { insight: before } = useInsight(flow, range, { before: true });
  return (
    <Card title={t('insight.against')}>
      <Loaded query={before} lines={6}>
        {(old) => (
          <>
            <Table
              caption={t('insight.against')}
              heads={[
                t('insight.measured'),
                { name: t('insight.before'), number: true },
                { name: t('insight.now'), number: true },
                { name: t('insight.change'), number: true },
              ]}
            >
              {beside(old, insight).map((line) => (
                <Row key={line.step ?? line.name} line={line} names={{ ...old.names, ...insight.names }} />
              ))}
            </Table>
            {old.cut && <p className="dim small">{t('insight.before_cut', { count: old.instances })}</p>}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Row({ line, names }: { line: Beside; names: Schemas['FlowInsight']['names'] }) {
  const t = useT();
  const number = useCount();
  const { language } = useLanguage();
  const step = useNameOf(names);
  const shown = (value: number) =>
    line.unit === 'millis' ? duration(value, language) : line.unit === 'percent' ? `${Math.round(value)}%` : number(value);
  const change = line.before === null || line.now === null ? null : line.now - line.before;
  return (
    <tr>
      <th scope="row">{line.step ? t('insight.median_of', { step: step(line.step) }) : t(`insight.beside.${line.name}` as Key)}</th>
      <td className="number">{line.before === null ? '–' : shown(line.before)}</td>
      <td className="number">{line.now === null ? '–' : shown(line.now)}</td>
      <td className="number">
        {change === null || shown(Math.abs(change)) === shown(0) ? '–' : `${change > 0 ? '+' : '−'}${shown(Math.abs(change))}`}
      </td>
    </tr>
  );
}
