const MSAT_PER_BTC = 100_000_000_000n;

/** An amount in bitcoin with all digits, as lightningd writes it in CSV files: `0.00001000000`. */
export function inBitcoin(msat: bigint): string {
  if (msat === 0n) return '0';
  return `${msat / MSAT_PER_BTC}.${(msat % MSAT_PER_BTC).toString().padStart(11, '0')}`;
}
