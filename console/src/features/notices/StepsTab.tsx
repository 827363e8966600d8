import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { Loaded } from '../../app/states';
import { type Key, useLanguage, useT, useWord } from '../../i18n';
import { Card, Chip, Empty, Icon, Select, Table, toast } from '../../ui';
import { apply } from '../../yamltext/edits';
import { EditBar } from '../definitions/EditBar';
import { EditingProvider, useEditing } from '../definitions/editing';
import { Findings } from '../definitions/Findings';
import { titleOf } from '../definitions/titles';
import { useFlows } from '../settings/flows';
import { useStepName } from '../tasks/names';
import { TellSheet } from './TellSheet';
import { EVENTS, type Event, OWN, type Place, type Tell, type Telling, told, withTell, withTemplate } from './tells';
import { useAddress, useKind } from './use';

/** What a flow says of telling people, by step and by what they are told of. */
export function StepsTab() {
  const t = useT();
  const { language } = useLanguage();
  const { search, go } = useAddress();
  const flows = useFlows();
  return (
    <Loaded query={flows} lines={8}>
      {({ items }) => {
        const flow = items.find((item) => item.id === search.flow) ?? items[0];
        if (!flow) return <Empty title={t('flows.none')} why={t('flows.none_why')} />;
        return (
          <div className="stack">
            <p className="dim">{t('tells.what')}</p>
            <div className="filters">
              <Select
                label={t('kind.flow')}
                value={flow.id}
                onChange={(id) => go({ flow: id })}
                choices={items.map((item) => ({ id: item.id, name: titleOf(item, language) }))}
              />
            </div>
            <EditingProvider key={flow.id} kind="flow" id={flow.id} path={flow.path}>
              <Tells />
            </EditingProvider>
          </div>
        );
      }}
    </Loaded>
  );
}

function Tells() {
  const t = useT();
  const { text, setText, path, refused, findings } = useEditing();
  const [open, setOpen] = useState<{ place: Place; event: Event } | null>(null);
  const { places, tellings } = useMemo(() => told(text), [text]);
  const put = (next: string | null) => {
    if (next === null) toast({ tone: 'warn', text: t('map.in_text') });
    else setText(next);
  };
  const flow = places[0]?.tells ?? {};
  return (
    <div className="stack">
      <EditBar />
      <Card title={t('tells.title')}>
        <Table caption={t('tells.title')} heads={[t('flows.step'), ...EVENTS.map((event) => t(`tell_event.${event}` as Key))]}>
          {places.map((place) => (
            <Row
              key={place.path.join('.')}
              place={place}
              flow={flow}
              readOnly={refused !== null}
              onOpen={(event) => setOpen({ place, event })}
            />
          ))}
        </Table>
      </Card>
      {tellings.length > 0 && (
        <Tellings
          tellings={tellings}
          readOnly={refused !== null}
          onPut={(one, template) => put(withTemplate(text, one, template))}
        />
      )}
      <Findings
        findings={findings}
        here={path}
        text={refused === null ? text : undefined}
        onFix={(fix) => setText(apply(text, fix))}
      />
      {open && (
        <TellSheet
          {...open}
          inherited={open.place.step === '' ? undefined : flow[open.event]}
          onPut={(tell) => {
            put(withTell(text, open.place, open.event, tell));
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}

function Row({
  place,
  flow,
  readOnly,
  onOpen,
}: {
  place: Place;
  flow: Place['tells'];
  readOnly: boolean;
  onOpen: (event: Event) => void;
}) {
  const t = useT();
  const word = useWord();
  const name = useStepName();
  const what = place.step === '' ? t('tells.whole_flow') : name(place.step, place.title);
  return (
    <tr>
      <th scope="row">
        {what} {place.step !== '' && <code className="dim small">{place.step}</code>}
      </th>
      {EVENTS.map((event) => {
        const own = place.tells[event];
        // A step that says nothing is told of as the flow says.
        const shown = (
          <Shown tell={own ?? (place.step === '' ? OWN : (flow[event] ?? OWN))} dim={own === undefined} event={event} />
        );
        return (
          <td key={event}>
            {readOnly ? (
              shown
            ) : (
              <button type="button" className="linklike" onClick={() => onOpen(event)}>
                <span className="hidden-text">{t('tells.change', { event: word('tell_event', event), step: what })} </span>
                {shown}
              </button>
            )}
          </td>
        );
      })}
    </tr>
  );
}

function Shown({ tell, dim, event }: { tell: Tell; dim: boolean; event: Event }) {
  const t = useT();
  return (
    <span className={dim ? 'dim stack tight' : 'stack tight'}>
      <span>{tell.template || t('tells.own_words')}</span>
      {tell.channels.length > 0 && <span className="small">+ {tell.channels.join(', ')}</span>}
      {(tell.urgent || event === 'escalated') && (
        <span className="small row tight">
          <Icon name="bolt" size={12} /> {t('tells.urgent')}
        </span>
      )}
    </span>
  );
}

function Tellings({
  tellings,
  readOnly,
  onPut,
}: {
  tellings: Telling[];
  readOnly: boolean;
  onPut: (telling: Telling, template: string) => void;
}) {
  const t = useT();
  const templates = useKind('template').found.map(({ item }) => item.id);
  return (
    <Card title={t('tells.steps')}>
      <Table caption={t('tells.steps')} heads={[t('flows.step'), t('tells.to'), t('channels.channel'), t('kind.template')]}>
        {tellings.map((one) => (
          <tr key={one.path.join('.')}>
            <th scope="row">
              <code>{one.step}</code>
            </th>
            <td>{one.to}</td>
            <td>{one.channel || <span className="dim">{t('tells.their_own')}</span>}</td>
            <td>
              {one.template === '' ? (
                <Chip>{t('tells.words_of_step')}</Chip>
              ) : readOnly ? (
                <Link to="/definitions/$kind/$id" params={{ kind: 'template', id: one.template }}>
                  {one.template}
                </Link>
              ) : (
                <Select
                  label={t('tells.template_of', { step: one.step })}
                  hideLabel
                  value={one.template}
                  onChange={(template) => onPut(one, template)}
                  choices={templates.map((id) => ({ id, name: id }))}
                />
              )}
            </td>
          </tr>
        ))}
      </Table>
    </Card>
  );
}
