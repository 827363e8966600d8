import { useQuery } from '@tanstack/react-query';
import { api, type Schemas, take } from '../../api/client';
import { Loaded } from '../../app/states';
import { useT, useWord } from '../../i18n';
import { Button, Checkbox, Chip, TextField } from '../../ui';
import { PersonField } from './PersonField';
import { RoleForPart } from './RoleForPart';
import { EVERYWHERE, type UserRole, useRoleName, withoutRole, withRole } from './roles';

export interface Known {
  title: string;
  email: string;
  person: string;
  roles: UserRole[];
}

export const BLANK: Known = { title: '', email: '', person: '', roles: [] };

export function knownOf(user: Schemas['UserItem']): Known {
  return { title: user.title, email: user.email ?? '', person: user.person ?? '', roles: user.roles };
}

/** As the hub takes it: what is empty is left out, which takes it away. */
export function bodyOf({ title, email, person, roles }: Known) {
  const given = (text: string) => text.trim() || undefined;
  return { title: given(title), email: given(email), person: given(person), roles };
}

/** What is to be known of somebody, and what they may do. */
export function UserFields({ known, onChange }: { known: Known; onChange: (known: Known) => void }) {
  const t = useT();
  const set = (next: Partial<Known>) => onChange({ ...known, ...next });
  return (
    <>
      <TextField label={t('people.title')} value={known.title} onChange={(title) => set({ title })} hint={t('people.title_hint')} />
      <TextField label={t('people.email')} value={known.email} onChange={(email) => set({ email })} />
      <PersonField
        label={t('people.person')}
        value={known.person}
        onChange={(person) => set({ person })}
        hint={t('people.person_hint')}
      />
      <Roles roles={known.roles} onChange={(roles) => set({ roles })} />
    </>
  );
}

function Roles({ roles, onChange }: { roles: UserRole[]; onChange: (roles: UserRole[]) => void }) {
  const t = useT();
  const word = useWord();
  const name = useRoleName();
  const query = useQuery({ queryKey: ['roles'], queryFn: () => take(api.GET('/api/v1/roles')), staleTime: 300_000 });
  const parts = roles.filter((each) => each.scope !== EVERYWHERE && !each.by);
  const given = roles.filter((each) => each.by);
  const has = (role: string) => roles.some((each) => each.role === role && each.scope === EVERYWHERE && !each.by);
  return (
    <fieldset className="plain stack tight">
      <legend className="label">{t('settings.roles')}</legend>
      <Loaded query={query} lines={4}>
        {({ items }) => (
          <div className="role-choices">
            {items.map((item) => (
              <Checkbox
                key={item.role}
                checked={has(item.role)}
                onChange={(on) =>
                  onChange(on ? withRole(roles, item.role) : withoutRole(roles, { role: item.role, scope: EVERYWHERE }))
                }
              >
                <span className="stack none">
                  <span>{word('role', item.role)}</span>
                  <span className="dim small">
                    {item.own
                      ? item.permissions.map((right) => word('permission', right)).join(', ')
                      : word('role_what', item.role)}
                  </span>
                </span>
              </Checkbox>
            ))}
          </div>
        )}
      </Loaded>
      {given.length > 0 && (
        <div className="row">
          {given.map((each) => (
            <Chip key={`${each.role}-${each.scope}-${each.by}`}>
              {t('roles.by_provider', { role: name(each), provider: each.by ?? '' })}
            </Chip>
          ))}
        </div>
      )}
      {parts.length > 0 && (
        <div className="row">
          {parts.map((part) => (
            <span key={`${part.role}-${part.scope}`} className="row tight">
              <Chip>{name(part)}</Chip>
              <Button
                kind="quiet"
                size="small"
                icon="cross"
                label={t('roles.take_away', { role: name(part) })}
                onPress={() => onChange(withoutRole(roles, part))}
              />
            </span>
          ))}
        </div>
      )}
      <RoleForPart
        choices={query.data?.items.map((item) => item.role) ?? []}
        onAdd={(role, scope) => onChange(withRole(roles, role, scope))}
      />
    </fieldset>
  );
}
