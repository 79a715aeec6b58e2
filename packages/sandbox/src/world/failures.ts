/** The failure that a node returns for a payment that it rejects (BOLT 4). */
export type WireFailure =
  | 'incorrect_or_unknown_payment_details'
  | 'temporary_channel_failure'
  | 'temporary_node_failure'
  | 'unknown_next_peer'
  | 'fee_insufficient'
  | 'mpp_timeout';

const CODES: Readonly<Record<WireFailure, number>> = {
  incorrect_or_unknown_payment_details: 0x400f,
  temporary_channel_failure: 0x1007,
  temporary_node_failure: 0x2002,
  unknown_next_peer: 0x400a,
  fee_insufficient: 0x100c,
  mpp_timeout: 0x17,
};

export function failureCode(failure: WireFailure): number {
  return CODES[failure];
}

/** lightningd's name of a failure, such as `WIRE_TEMPORARY_CHANNEL_FAILURE`. */
export function failureName(failure: WireFailure): string {
  return `WIRE_${failure.toUpperCase()}`;
}

/** The failure message, in hex. */
export function failureMessage(
  failure: WireFailure,
  amountMsat: bigint,
  blockheight: number,
): string {
  const code = failureCode(failure).toString(16).padStart(4, '0');
  switch (failure) {
    case 'incorrect_or_unknown_payment_details':
      return `${code}${amountMsat.toString(16).padStart(16, '0')}${blockheight.toString(16).padStart(8, '0')}`;
    case 'temporary_channel_failure':
      // The length of the channel_update: the message contains none.
      return `${code}0000`;
    case 'fee_insufficient':
      return `${code}${amountMsat.toString(16).padStart(16, '0')}0000`;
    case 'temporary_node_failure':
    case 'unknown_next_peer':
    case 'mpp_timeout':
      return code;
  }
}
