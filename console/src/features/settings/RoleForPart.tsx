import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { api, take } from '../../api/client';
import { useT, useWord } from '../../i18n';
import { Button, Select } from '../../ui';
import { PARTS } from './roles';

/** A role for one flow, connection or department: it permits just that. */
export function RoleForPart({ choices, onAdd }: { choices: string[]; onAdd: (role: string, scope: string) => void }) {
  const t = useT();
  const word = useWord();
  const list = useId();
  const [open, setOpen] = useState(false);
  const [role, setRole] = useState('viewer');
  const [kind, setKind] = useState<string>('flow');
  const [id, setId] = useState('');
  const known = useQuery({
    queryKey: ['definitions', ''],
    queryFn: () => take(api.GET('/api/v1/definitions')),
    enabled: open && kind !== 'department',
    staleTime: 60_000,
  });
  const ids = (known.data?.items ?? []).filter((item) => item.kind === kind).map((item) => item.id);
  if (!open)
    return (
      <p>
        <Button size="small" onPress={() => setOpen(true)}>
          {t('roles.for_part')}
        </Button>
      </p>
    );
  return (
    <fieldset className="plain stack tight">
      <legend className="label">{t('roles.for_part')}</legend>
      <p className="dim small">{t('roles.part_what')}</p>
      <div className="row bottom">
        <Select
          label={t('roles.role')}
          value={role}
          onChange={setRole}
          choices={choices.filter((each) => each !== 'owner').map((each) => ({ id: each, name: word('role', each) }))}
        />
        <Select
          label={t('roles.part')}
          value={kind}
          onChange={(next) => {
            setKind(next);
            setId('');
          }}
          choices={PARTS.map((each) => ({ id: each, name: word('part', each) }))}
        />
        <label className="field">
          <span className="label">{t('definitions.id')}</span>
          <input
            className="input"
            list={list}
            value={id}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setId(event.target.value)}
          />
        </label>
        <datalist id={list}>
          {ids.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
        <Button
          refused={id.trim() === '' ? t('act.needed') : null}
          onPress={() => {
            onAdd(role, `${kind}:${id.trim()}`);
            setId('');
            setOpen(false);
          }}
        >
          {t('roles.add_part')}
        </Button>
      </div>
    </fieldset>
  );
}
