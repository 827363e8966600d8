/** Light or dark, and how tall rows are; remembered in this browser. */
import { useSyncExternalStore } from 'react';
import { store, stored } from '../i18n';

export type Theme = 'system' | 'light' | 'dark';
export type Density = 'compact' | 'comfortable';

interface Look {
  theme: Theme;
  density: Density;
  keys: boolean;
}

const watchers = new Set<() => void>();
let current: Look = {
  theme: oneOf(stored('waybill.theme'), ['system', 'light', 'dark'] as const),
  density: oneOf(stored('waybill.density'), ['compact', 'comfortable'] as const),
  keys: stored('waybill.keys') !== 'off',
};

function oneOf<T extends string>(value: string | null, known: readonly [T, ...T[]]): T {
  return known.find((word) => word === value) ?? known[0];
}

const dark = matchMedia('(prefers-color-scheme: dark)');

function apply() {
  const root = document.documentElement;
  root.dataset.theme = current.theme === 'system' ? (dark.matches ? 'dark' : 'light') : current.theme;
  root.dataset.density = current.density;
}

export function startLook() {
  dark.addEventListener('change', apply);
  apply();
}

export function setLook(next: Partial<Look>) {
  current = { ...current, ...next };
  store('waybill.theme', current.theme);
  store('waybill.density', current.density);
  store('waybill.keys', current.keys ? 'on' : 'off');
  apply();
  for (const watcher of watchers) watcher();
}

export const lookNow = () => current;

export function useLook(): Look {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    () => current,
  );
}
