/** Roles and rights as words. */
import type { Schemas } from '../../api/client';
import { useT, useWord } from '../../i18n';

export type UserRole = Schemas['UserRole'];

/** What holds in the whole hub; the hub keeps roles for a part of it, but lets them permit nothing yet. */
export const EVERYWHERE = 'tenant';

/** A role in the reader's language, with the part it is for. */
export function useRoleName() {
  const t = useT();
  const word = useWord();
  return ({ role, scope }: UserRole) =>
    scope === EVERYWHERE ? word('role', role) : t('roles.of_part', { role: word('role', role), part: scope });
}

/** What changes between two lists of roles: none twice. */
export function withRole(roles: UserRole[], role: string): UserRole[] {
  return roles.some((each) => each.role === role && each.scope === EVERYWHERE) ? roles : [...roles, { role, scope: EVERYWHERE }];
}

export function withoutRole(roles: UserRole[], gone: UserRole): UserRole[] {
  return roles.filter((each) => !(each.role === gone.role && each.scope === gone.scope));
}
