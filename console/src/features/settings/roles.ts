/** Roles and rights as words. */
import type { Schemas } from '../../api/client';
import { useT, useWord } from '../../i18n';

export type UserRole = Schemas['UserRole'];

/** What holds in the whole hub. */
export const EVERYWHERE = 'tenant';
/** The parts that a role can be for. */
export const PARTS = ['flow', 'connection', 'department'] as const;

/** A role in the reader's language, with the part it is for. */
export function useRoleName() {
  const t = useT();
  const word = useWord();
  return ({ role, scope }: UserRole) =>
    scope === EVERYWHERE ? word('role', role) : t('roles.of_part', { role: word('role', role), part: partName(scope) });

  function partName(scope: string): string {
    const [kind, id = ''] = scope.split(/:(.*)/s);
    return `${word('part', kind)} ${id}`;
  }
}

/** What changes between two lists of roles: none twice. What a provider gave is the provider's alone to take away. */
export function withRole(roles: UserRole[], role: string, scope: string = EVERYWHERE): UserRole[] {
  return roles.some((each) => each.role === role && each.scope === scope && !each.by) ? roles : [...roles, { role, scope }];
}

export function withoutRole(roles: UserRole[], gone: UserRole): UserRole[] {
  return roles.filter((each) => each.by || !(each.role === gone.role && each.scope === gone.scope));
}
