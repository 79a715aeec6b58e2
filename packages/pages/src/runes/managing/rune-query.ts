import { MAX_SEARCHED, type NodeRune } from './node-rune.ts';

export const ORDERS = ['newest', 'name', 'used', 'expiry'] as const;
export type Order = (typeof ORDERS)[number];

export const STATES = ['all', 'active', 'expired', 'revoked', 'unused'] as const;
export type ShownState = (typeof STATES)[number];

/** What the operator wants to see of the list. */
export interface RuneQuery {
  /** Every word must occur in the id, the name or the node's description. */
  readonly words: string;
  readonly state: ShownState;
  readonly order: Order;
}

export const ALL_RUNES: RuneQuery = { words: '', state: 'all', order: 'newest' };

/** @param now in seconds since 1970 */
export function isExpired({ expiry }: NodeRune, now: bigint): boolean {
  return expiry !== undefined && expiry <= now;
}

/**
 * Returns the runes to show, in order. Runes without a name, use or expiry come last.
 *
 * @param now in seconds since 1970
 */
export function queryRunes(
  runes: readonly NodeRune[],
  { words, state, order }: RuneQuery,
  now: bigint,
): readonly NodeRune[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return runes
    .filter((rune) => hasState(rune, state, now) && wanted.every((word) => finds(rune, word)))
    .toSorted((a, b) => compareBy(order, a, b) || compare(b.id, a.id));
}

/** A number finds a rune by its whole id or by its name: descriptions are full of other numbers. */
function finds({ id, name, searched }: NodeRune, word: string): boolean {
  if (!/^[0-9]+$/.test(word)) return searched.includes(word);
  return String(id) === word || name.slice(0, MAX_SEARCHED).includes(word);
}

function hasState(rune: NodeRune, state: ShownState, now: bigint): boolean {
  switch (state) {
    case 'all':
      return true;
    case 'active':
      return !rune.isRevoked && !isExpired(rune, now);
    case 'expired':
      return isExpired(rune, now);
    case 'revoked':
      return rune.isRevoked;
    case 'unused':
      return rune.lastUsed === undefined;
  }
}

const NAMES = new Intl.Collator(undefined, { sensitivity: 'base', numeric: true });

function compareBy(order: Order, a: NodeRune, b: NodeRune): number {
  switch (order) {
    case 'newest':
      return 0;
    case 'name':
      return Number(a.name === '') - Number(b.name === '') || NAMES.compare(a.name, b.name);
    case 'used':
      return (b.lastUsed ?? -1) - (a.lastUsed ?? -1);
    case 'expiry':
      return compare(a.expiry ?? NEVER, b.expiry ?? NEVER);
  }
}

const NEVER = 2n ** 64n;

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
