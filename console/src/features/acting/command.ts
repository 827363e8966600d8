import { useState } from 'react';
import { commandKey } from '../../api/client';

/**
 * Keys for what one sheet orders: pressed twice, or again after a lost answer, it is the same command and is done once; with
 * other fields it is another one, which the hub would refuse under the key of the first.
 */
export function keysFor(make: () => string): (order: unknown) => string {
  const known = new Map<string, string>();
  return (order) => {
    const text = JSON.stringify(order);
    const key = known.get(text) ?? make();
    known.set(text, key);
    return key;
  };
}

export function useCommandKeys(): (order: unknown) => string {
  const [keys] = useState(() => keysFor(commandKey));
  return keys;
}
