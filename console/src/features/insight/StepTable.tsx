import { Link } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import type { Schemas } from '../../api/client';
import { useCount } from '../../app/count';
import { duration } from '../../format/time';
import { useLanguage, useT } from '../../i18n';
import { Age, Button, Card, Checkbox, Chip, Table } from '../../ui';
import { type StepNames, useNameOf } from './names';
import { WaitedFor } from './WaitedFor';
import { WaysLink } from './WaysLink';

type Step = Schemas['StepInsight'];

/** Each step in the order of the flow: how long, how many wait there, who is waited for; the longest leads the eye. */
export function StepTable({ flow, steps, names, working }: { flow: string; steps: Step[]; names: StepNames; working: boolean }) {
  const t = useT();
  const [inWork, setInWork] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const name = useNameOf(names);
  const spread = (step: Step) => (inWork && step.times.working ? step.times.working : step.times.clock);
  const longest = Math.max(1, ...steps.map((step) => spread(step).p90_millis));
  return (
    <Card
      title={t('insight.steps')}
      action={
        working && (
          <Checkbox checked={inWork} onChange={setInWork}>
            {t('insight.in_working')}
          </Checkbox>
        )
      }
    >
      <Table
        caption={t('insight.steps')}
        heads={[
          t('flows.step'),
          { name: t('insight.visits'), number: true },
          { name: t('insight.queue'), number: true },
          { name: t('insight.median'), number: true },
          { name: t('insight.p90'), number: true },
          { name: t('insight.max'), number: true },
          t('insight.spread'),
          { name: t('insight.repeated'), number: true },
          { name: t('insight.stops'), number: true },
          t('insight.waits_on'),
        ]}
      >
        {steps.map((step) => (
          <Fragment key={step.step}>
            <Row
              flow={flow}
              step={step}
              name={name(step.step)}
              spread={spread(step)}
              longest={longest}
              open={open === step.step}
              onOpen={() => setOpen(open === step.step ? null : step.step)}
            />
            {open === step.step && <Slowest flow={flow} step={step} />}
          </Fragment>
        ))}
      </Table>
    </Card>
  );
}

function Row({
  flow,
  step,
  name,
  spread,
  longest,
  open,
  onOpen,
}: {
  flow: string;
  step: Step;
  name: string;
  spread: Schemas['SpreadView'];
  longest: number;
  open: boolean;
  onOpen: () => void;
}) {
  const t = useT();
  const number = useCount();
  const { language } = useLanguage();
  const shown = (millis: number) => (spread.count === 0 ? '–' : duration(millis, language));
  return (
    <tr>
      <th scope="row">
        <span className="row tight">
          <Button kind="quiet" size="small" expanded={open} onPress={onOpen}>
            {name}
          </Button>
          {!step.in_design && <Chip tone="waiting">{t('insight.not_in_design')}</Chip>}
        </span>
      </th>
      <td className="number">
        <WaysLink flow={flow} only={`step:${step.step}`}>
          {number(step.visits)}
        </WaysLink>
      </td>
      <td className="number">
        {step.open > 0 ? (
          <Link to="/flows/$flow" params={{ flow }} search={{ tab: 'instances', at: step.step }}>
            {number(step.open)}
          </Link>
        ) : (
          0
        )}
        {step.oldest_open_at && (
          <div className="dim small">
            <Age since={step.oldest_open_at} />
          </div>
        )}
      </td>
      <td className="number">{shown(spread.median_millis)}</td>
      <td className="number">{shown(spread.p90_millis)}</td>
      <td className="number">{shown(spread.max_millis)}</td>
      <td>
        {/* The same figures as a picture; the cells beside it say them. */}
        <span className="bar" aria-hidden="true">
          <i style={{ width: `${(spread.p90_millis / longest) * 100}%` }} />
          <b style={{ width: `${(spread.median_millis / longest) * 100}%` }} />
        </span>
      </td>
      <td className="number">
        {step.repeated > 0 ? (
          <WaysLink flow={flow} only={`again:${step.step}`}>
            {number(step.repeated)}
          </WaysLink>
        ) : (
          0
        )}
      </td>
      <td className="number">
        {step.stopped > 0 ? (
          <WaysLink flow={flow} only={`stood:${step.step}`}>
            {number(step.stopped)}
          </WaysLink>
        ) : (
          0
        )}
      </td>
      <td>
        {step.waits_on.map((connection) => (
          <div key={connection}>
            <Link to="/connections/$connection" params={{ connection }}>
              {connection}
            </Link>
          </div>
        ))}
        {step.waits_on.length === 0 && step.open > 0 && (
          <Button kind="quiet" size="small" expanded={open} onPress={onOpen}>
            {t('insight.who')}
          </Button>
        )}
        {step.waits_on.length === 0 && step.open === 0 && '–'}
      </td>
    </tr>
  );
}

function Slowest({ flow, step }: { flow: string; step: Step }) {
  const t = useT();
  const { language } = useLanguage();
  return (
    <tr>
      <td colSpan={10}>
        {step.open > 0 && <WaitedFor flow={flow} step={step.step} />}
        <div className="row">
          <span className="dim">{t('insight.slowest')}</span>
          {step.slowest.map((slow) => (
            <span key={`${slow.document}-${slow.millis}`}>
              <Link to="/docs/$doc" params={{ doc: slow.document }} search={{ step: step.step }} className="mono">
                {slow.key}
              </Link>{' '}
              {duration(slow.millis, language)}
            </span>
          ))}
        </div>
      </td>
    </tr>
  );
}
