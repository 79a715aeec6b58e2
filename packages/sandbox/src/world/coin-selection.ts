import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Output } from './chain.ts';
import { changeAmount, changeFee, feeFor, inputWeight } from './transaction.ts';

/** An amount in satoshi, or the whole balance. */
export type Amount = bigint | 'all';

/** What coins must pay for. Amounts are in satoshi. */
export interface Costs {
  readonly amount: Amount;
  readonly perKw: bigint;
  /** Of the transaction without the inputs and without change. */
  readonly weight: bigint;
  readonly minWitnessWeight: bigint;
}

/** Coins that pay for the costs. */
export interface Selection {
  readonly coins: readonly Output[];
  /** With the inputs. */
  readonly weight: bigint;
  /** What exceeds the amount and the fee. */
  readonly excess: bigint;
}

/** The dust limit of lightningd on Bitcoin. */
export const DUST_LIMIT_SAT = 546n;

function fail(code: ErrorCode, message: string): CommandError {
  return new CommandError(code, message);
}

/**
 * Selects coins in their order. A coin that is worth less than the fee of its input is left out.
 *
 * @throws CommandError 301 if they do not suffice
 */
export function selectCoins(costs: Costs, available: readonly Output[]): Selection {
  const { amount, perKw, minWitnessWeight } = costs;
  let { weight } = costs;
  let input = 0n;
  const coins: Output[] = [];
  const excess = (): bigint => input - (amount === 'all' ? 0n : amount) - feeFor(weight, perKw);
  for (const coin of available) {
    if (amount !== 'all' && excess() >= 0n) break;
    const added = inputWeight(coin.script, minWitnessWeight);
    if (amount !== 'all' && feeFor(added, perKw) >= coin.amountSat) continue;
    coins.push(coin);
    input += coin.amountSat;
    weight += added;
  }
  if (amount === 'all' ? coins.length === 0 : excess() < 0n) {
    const shown = amount === 'all' ? 'all' : `${amount}sat`;
    const short = amount === 'all' ? 'all' : `${-excess()}sat`;
    throw fail(
      ErrorCode.fundCannotAfford,
      `Could not afford ${shown} using all ${coins.length} available UTXOs: ${short} short`,
    );
  }
  if (amount === 'all' && excess() < DUST_LIMIT_SAT) {
    throw fail(ErrorCode.fundCannotAfford, `All ${coins.length} inputs could not afford fees`);
  }
  return { coins, weight, excess: excess() };
}

/**
 * Spends exactly these coins.
 *
 * @throws CommandError 301 if they do not suffice
 */
export function useCoins(costs: Costs, coins: readonly Output[]): Selection {
  const { amount, perKw, minWitnessWeight } = costs;
  const input = coins.reduce((sum, { amountSat }) => sum + amountSat, 0n);
  const weight = coins.reduce(
    (sum, { script }) => sum + inputWeight(script, minWitnessWeight),
    costs.weight,
  );
  const excess = input - (amount === 'all' ? 0n : amount) - feeFor(weight, perKw);
  if (excess < (amount === 'all' ? DUST_LIMIT_SAT : 0n)) {
    const shown = amount === 'all' ? 'anything' : `${amount}sat`;
    throw fail(
      ErrorCode.fundCannotAfford,
      `Could not afford ${shown} using UTXOs totalling ${input}sat with weight ${weight} at feerate ${perKw}`,
    );
  }
  return { coins, weight, excess };
}

/** How the excess is divided. Amounts are in satoshi. */
interface Division {
  readonly excess: bigint;
  /** Of the change output; 0 without one. */
  readonly change: bigint;
}

/**
 * Divides the excess of a selection.
 *
 * @param neededSat - what must stay in the wallet to close channels with anchors
 * @returns undefined if that much cannot stay
 */
export function divideExcess(
  { excess, weight }: Selection,
  perKw: bigint,
  { asChange, neededSat }: { readonly asChange: boolean; readonly neededSat: bigint },
): Division | undefined {
  const before = { excess: asChange ? 0n : excess, change: asChange ? excess : 0n };
  const change = changeAmount(before.change, perKw, weight);
  if (change >= neededSat) return { excess: before.excess, change };
  const fee = changeFee(perKw, weight);
  const rest = before.excess - fee - neededSat;
  if (rest < 0n) return undefined;
  return { excess: rest, change: changeAmount(before.change + fee + neededSat, perKw, weight) };
}
