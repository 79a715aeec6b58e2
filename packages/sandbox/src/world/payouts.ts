import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { PsbtOutput } from '../psbt/psbt.ts';
import { type Amount, DUST_LIMIT_SAT } from './coin-selection.ts';
import type { CoinSource, Funded, Funding, FundingRequest } from './funding.ts';
import { CORE_WEIGHT, outputWeight } from './transaction.ts';

/** An output that a caller wants. */
export interface Payout {
  readonly script: Buffer;
  readonly amount: Amount;
}

/** How a transaction for outputs is funded. */
export interface PayoutOptions {
  readonly payouts: readonly Payout[];
  readonly perKw: bigint;
  readonly source: CoinSource;
  /** Blocks for which the coins are reserved. */
  readonly reserve: number;
  readonly keepEmergency: boolean;
}

/**
 * Creates a PSBT with the outputs in their order, then the change. One output can have the rest of the coins.
 *
 * @throws CommandError 301 if the coins do not suffice
 */
export function fundPayouts(funding: Funding, options: PayoutOptions): Funded {
  const { payouts, source } = options;
  const total = totalOf(payouts);
  return funding.fund(fundingRequest(options), source, (excess) =>
    payouts.map((payout) => outputOf(payout, excess - total)),
  );
}

/** What the coins must pay for. */
export function fundingRequest(options: PayoutOptions): FundingRequest {
  const { payouts, perKw, reserve, keepEmergency } = options;
  const isAll = payouts.some(({ amount }) => amount === 'all');
  return {
    amount: isAll ? 'all' : totalOf(payouts),
    perKw,
    weight: payouts.reduce((sum, { script }) => sum + outputWeight(script), CORE_WEIGHT),
    minWitnessWeight: 0n,
    reserve,
    excessAsChange: true,
    keepEmergency,
  };
}

function totalOf(payouts: readonly Payout[]): bigint {
  return payouts.reduce((sum, { amount }) => sum + (amount === 'all' ? 0n : amount), 0n);
}

function outputOf({ script, amount }: Payout, rest: bigint): PsbtOutput {
  if (amount !== 'all') return { script, amountSat: amount };
  if (rest >= DUST_LIMIT_SAT) return { script, amountSat: rest };
  throw new CommandError(
    ErrorCode.fundCannotAfford,
    rest < 0n ? 'Could not afford output 0' : `Could not afford 'all' output: only ${rest}sat left`,
  );
}
