/** The failure that a node returns for a payment that it rejects (BOLT 4). */
export type WireFailure =
  | 'incorrect_or_unknown_payment_details'
  | 'temporary_channel_failure'
  | 'temporary_node_failure'
  | 'unknown_next_peer'
  | 'amount_below_minimum'
  | 'fee_insufficient'
  | 'incorrect_cltv_expiry'
  | 'mpp_timeout';

const CODES: Readonly<Record<WireFailure, number>> = {
  incorrect_or_unknown_payment_details: 0x400f,
  temporary_channel_failure: 0x1007,
  temporary_node_failure: 0x2002,
  unknown_next_peer: 0x400a,
  amount_below_minimum: 0x100b,
  fee_insufficient: 0x100c,
  incorrect_cltv_expiry: 0x100d,
  mpp_timeout: 0x17,
};

export function failureCode(failure: WireFailure): number {
  return CODES[failure];
}

/** The failure of a message that begins with its code, in hex. An unknown one counts as a failure of the node. */
export function failureOfMessage(hex: string): WireFailure {
  const code = Number.parseInt(hex.slice(0, 4), 16);
  const names = Object.keys(CODES) as WireFailure[];
  return names.find((name) => CODES[name] === code) ?? 'temporary_node_failure';
}

/** lightningd's name of a failure, such as `WIRE_TEMPORARY_CHANNEL_FAILURE`. */
export function failureName(failure: WireFailure): string {
  return `WIRE_${failure.toUpperCase()}`;
}

/**
 * The failure message, in hex.
 *
 * @param amountMsat - of the HTLC that the node rejects
 * @param height - of the chain; for `incorrect_cltv_expiry`, that at which the HTLC expires
 */
export function failureMessage(failure: WireFailure, amountMsat: bigint, height: number): string {
  const code = failureCode(failure).toString(16).padStart(4, '0');
  switch (failure) {
    case 'incorrect_or_unknown_payment_details':
      return `${code}${amountMsat.toString(16).padStart(16, '0')}${height.toString(16).padStart(8, '0')}`;
    case 'temporary_channel_failure':
      // The length of the channel_update: the message contains none.
      return `${code}0000`;
    case 'incorrect_cltv_expiry':
      return `${code}${height.toString(16).padStart(8, '0')}0000`;
    case 'amount_below_minimum':
    case 'fee_insufficient':
      return `${code}${amountMsat.toString(16).padStart(16, '0')}0000`;
    case 'temporary_node_failure':
    case 'unknown_next_peer':
    case 'mpp_timeout':
      return code;
  }
}
