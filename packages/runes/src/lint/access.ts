import type { Alternative } from '../alternative.ts';
import type { Certainty } from '../certainty.ts';
import type { Restriction } from '../restriction.ts';
import {
  certainties,
  type Effect,
  effectOf,
  type Limits,
  type Style,
  type Ways,
} from './effect.ts';
import type { SensitiveCommand } from './sensitive-commands.ts';

/** A restriction with what is known about its alternatives for all commands. */
export interface KnownRestriction {
  readonly alternatives: readonly Alternative[];
  readonly certainties: readonly Certainty[];
}

/** What a rune allows a command to do. */
export interface Access {
  readonly amount: 'limited' | 'unlimited';
  /** The parameters that can raise the fee. */
  readonly fees: readonly string[];
  readonly count: 'limited' | 'unlimited';
}

const STYLES: readonly Style[] = ['named', 'placed'];

/** @param now in seconds since 1970 */
export function knownRestrictions(
  restrictions: readonly Restriction[],
  now: bigint,
): readonly KnownRestriction[] {
  return restrictions.map(({ alternatives }) => ({
    alternatives,
    certainties: certainties(alternatives, now),
  }));
}

/** Returns what the restrictions allow a command to do; undefined if no call of it passes. */
export function accessTo(
  command: SensitiveCommand,
  restrictions: readonly KnownRestriction[],
): Access | undefined {
  const all = STYLES.flatMap((style) => accessBy({ command, style }, restrictions) ?? []);
  if (all.length === 0) return undefined;
  const isLimited = (what: 'amount' | 'count') =>
    all.every((access) => access[what] === 'limited') ? 'limited' : 'unlimited';
  return {
    amount: isLimited('amount'),
    fees: command.fees.filter((fee) => all.some(({ fees }) => fees.includes(fee))),
    count: isLimited('count'),
  };
}

function accessBy(ways: Ways, restrictions: readonly KnownRestriction[]): Access | undefined {
  const { fees } = ways.command;
  // A call passes if one alternative of each restriction lets it pass.
  const limiting: (readonly Limits[])[] = [];
  for (const restriction of restrictions) {
    const effects = effectsOf(restriction, ways).filter((effect) => effect !== 'fails');
    if (effects.length === 0) return undefined;
    const limits = effects.filter((effect) => effect !== 'holds');
    if (limits.length === effects.length) limiting.push(limits);
  }
  const some = (isLimited: (limits: Limits) => boolean): boolean =>
    limiting.some((alternatives) => alternatives.every(isLimited));
  return {
    amount: some(({ amount }) => amount) ? 'limited' : 'unlimited',
    fees: fees.filter((fee) => !some((limits) => limits.fee(fee))),
    count: some(({ count }) => count) ? 'limited' : 'unlimited',
  };
}

function effectsOf({ alternatives, certainties }: KnownRestriction, ways: Ways): Effect[] {
  return alternatives.map((alternative, i) =>
    effectOf(alternative, ways, certainties[i] ?? { kind: 'depends' }),
  );
}

/**
 * Returns the index of an alternative on something else than the command that lets the command pass without a limit,
 * although the alternatives that name commands do not name it. `method/pay|…` is a condition for pay and names none.
 */
export function looseAlternative(
  command: SensitiveCommand,
  restriction: KnownRestriction,
): number | undefined {
  const { alternatives } = restriction;
  const isMethod = alternatives.map(
    ({ fieldname, condition }) => fieldname === 'method' && condition !== '#',
  );
  const namesCommands = alternatives.some(({ condition }, i) => isMethod[i] && condition !== '/');
  if (!namesCommands || !isMethod.includes(false)) return undefined;
  for (const style of STYLES) {
    const effects = effectsOf(restriction, { command, style });
    if (effects.some((effect, i) => isMethod[i] && effect === 'holds')) return undefined;
    const found = effects.findIndex(
      (effect, i) => !isMethod[i] && effect !== 'fails' && (effect === 'holds' || !effect.amount),
    );
    if (found >= 0) return found;
  }
  return undefined;
}

/** Returns the restriction without its alternatives on something else than the command. */
export function onlyMethods({ alternatives, certainties }: KnownRestriction): KnownRestriction {
  const kept = alternatives.flatMap(({ fieldname }, i) => (fieldname === 'method' ? [i] : []));
  return {
    alternatives: kept.flatMap((i) => alternatives[i] ?? []),
    certainties: kept.flatMap((i) => certainties[i] ?? []),
  };
}
