import { useState } from 'react';
import { AskSheet } from '../../app/AskSheet';
import { useT, useWord } from '../../i18n';
import { Checkbox, Select } from '../../ui';
import { type Event, OWN, type Place, type Tell } from './tells';
import { useChannelNames, useKind } from './use';

/** How people are told of one thing at one place; what comes of it is a change of the text. */
export function TellSheet({
  place,
  event,
  inherited,
  onPut,
  onClose,
}: {
  place: Place;
  event: Event;
  /** What the flow says, where a step says nothing. */
  inherited?: Tell;
  onPut: (tell: Tell) => void;
  onClose: () => void;
}) {
  const t = useT();
  const word = useWord();
  const templates = useKind('template').found;
  const channels = useChannelNames();
  const [tell, setTell] = useState(place.tells[event] ?? OWN);
  const what = word('tell_event', event);
  // Channels that nobody knows any more are shown as well, so that they can be taken away.
  const names = [...new Set([...channels, ...tell.channels])];
  const urgent = event === 'escalated';
  return (
    <AskSheet
      title={place.step === '' ? what : `${what} · ${place.step}`}
      act={t('tells.put')}
      ask={{ mutate: () => onPut(tell), isPending: false, isError: false, error: null }}
      onClose={onClose}
    >
      {inherited && <p className="dim">{t('tells.inherits', { template: inherited.template || t('tells.own_words') })}</p>}
      <Select
        label={t('kind.template')}
        value={tell.template}
        onChange={(template) => setTell({ ...tell, template })}
        choices={[{ id: '', name: t('tells.own_words') }, ...templates.map(({ item }) => ({ id: item.id, name: item.id }))]}
      />
      <fieldset className="plain stack tight">
        <legend>{t('tells.channels')}</legend>
        {names.map((name) => (
          <Checkbox
            key={name}
            checked={tell.channels.includes(name)}
            onChange={(on) =>
              setTell({ ...tell, channels: on ? [...tell.channels, name] : tell.channels.filter((each) => each !== name) })
            }
          >
            {name}
          </Checkbox>
        ))}
      </fieldset>
      <Checkbox checked={tell.urgent || urgent} disabled={urgent} onChange={(on) => setTell({ ...tell, urgent: on })}>
        {t(urgent ? 'tells.always_urgent' : 'tells.urgent_what')}
      </Checkbox>
    </AskSheet>
  );
}
