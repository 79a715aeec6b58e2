/** The time for which a gateway outside the node can check runes without the node. Plain data. */
export interface Lease {
  /** Changes when what the gateway learned before is not certain any more. */
  readonly generation: number;
  /** The end of the lease, on the clock of {@link monotonicMs}. */
  readonly until: number;
}

/** Milliseconds of a clock that is never set and is the same in all processes of a machine. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000n) / 1_000;
}
