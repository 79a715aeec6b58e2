/**
 * The codes of lightningd's errors, by the names in its source (`common/jsonrpc_errors.h`, v26.06). The command's documented
 * codes are in `CommandErrors`.
 *
 * @example
 * ```ts
 * import { errorCodes } from '@clnrest/commands';
 * errorCodes.INVOICE_LABEL_ALREADY_EXISTS // => 900
 * ```
 */
export const errorCodes = {
  /** The request is not a valid JSON-RPC request. */
  JSONRPC2_INVALID_REQUEST: -32600,
  /** The node has no command of this name, or it is deprecated and switched off. */
  JSONRPC2_METHOD_NOT_FOUND: -32601,
  /** A parameter is missing, unknown or malformed. The command did not run. */
  JSONRPC2_INVALID_PARAMS: -32602,
  /** Any failure without a code of its own. */
  LIGHTNINGD: -1,
  /** A parameter is for developers, and the node runs without `developer`. */
  PARAM_DEV_ERROR: -2,
  /** A plugin returned an error that is not valid. */
  PLUGIN_ERROR: -3,
  /** The plugin of the command ended before it replied. */
  PLUGIN_TERMINATED: -4,
  /** The node shuts down. */
  LIGHTNINGD_SHUTDOWN: -5,
  /** A payment of the same hash is in flight. */
  PAY_IN_PROGRESS: 200,
  /** The invoice is paid already, with another amount or to another node. */
  PAY_RHASH_ALREADY_USED: 201,
  /** A node on the route returned an error that cannot be decrypted. */
  PAY_UNPARSEABLE_ONION: 202,
  /** The destination rejected the payment for good. */
  PAY_DESTINATION_PERM_FAIL: 203,
  /** A channel on the route failed; another route can succeed. */
  PAY_TRY_OTHER_ROUTE: 204,
  /** No route leads to the destination. */
  PAY_ROUTE_NOT_FOUND: 205,
  /** Each route exceeds the limit for fees or delay. */
  PAY_ROUTE_TOO_EXPENSIVE: 206,
  /** The invoice has expired. */
  PAY_INVOICE_EXPIRED: 207,
  /** The node does not know the payment. */
  PAY_NO_SUCH_PAYMENT: 208,
  /** The payment failed for a reason without a code of its own. */
  PAY_UNSPECIFIED_ERROR: 209,
  /** The time to retry is over. The payment may still be in flight. */
  PAY_STOPPED_RETRYING: 210,
  /** The payment has another status than the one requested. */
  PAY_STATUS_UNEXPECTED: 211,
  /** The invoice request of the offer is not valid. */
  PAY_INVOICE_REQUEST_INVALID: 212,
  /** The signer refused the invoice. */
  PAY_INVOICE_PREAPPROVAL_DECLINED: 213,
  /** The signer refused the payment without an invoice. */
  PAY_KEYSEND_PREAPPROVAL_DECLINED: 214,
  /** The channels hold too little to pay. */
  PAY_INSUFFICIENT_FUNDS: 215,
  /** The destination cannot be reached. */
  PAY_UNREACHABLE: 216,
  /** The payment cannot be made as requested. */
  PAY_USER_ERROR: 217,
  /** The injected onion did not reach the destination. */
  PAY_INJECTPAYMENTONION_FAILED: 218,
  /** The injected payment is complete already. */
  PAY_INJECTPAYMENTONION_ALREADY_PAID: 219,
  /** The amount exceeds the limit for a channel. */
  FUND_MAX_EXCEEDED: 300,
  /** The wallet holds too little for the amount and its fees. */
  FUND_CANNOT_AFFORD: 301,
  /** An output would be below the dust limit. */
  FUND_OUTPUT_IS_DUST: 302,
  /** The Bitcoin node rejected the transaction. */
  FUNDING_BROADCAST_FAIL: 303,
  /** The node does not know the newest blocks yet. */
  FUNDING_STILL_SYNCING_BITCOIN: 304,
  /** The peer is not connected. */
  FUNDING_PEER_NOT_CONNECTED: 305,
  /** The node does not know the peer. */
  FUNDING_UNKNOWN_PEER: 306,
  /** No channel is being opened with the peer. */
  FUNDING_NOTHING_TO_CANCEL: 307,
  /** The funding transaction may be in the chain, so the channel cannot be cancelled. */
  FUNDING_CANCEL_NOT_SAFE: 308,
  /** The PSBT does not fit the channel. */
  FUNDING_PSBT_INVALID: 309,
  /** The peer does not support channels that both sides fund. */
  FUNDING_V2_NOT_SUPPORTED: 310,
  /** The node does not have the channel. */
  FUNDING_UNKNOWN_CHANNEL: 311,
  /** The channel is in another state than the command requires. */
  FUNDING_STATE_INVALID: 312,
  /** The wallet would keep too little for emergencies. */
  FUND_CANNOT_AFFORD_WITH_EMERGENCY: 313,
  /** An input has no value. */
  FUND_INPUT_IS_ZERO: 314,
  /** The Bitcoin node rejected the transaction of the splice. */
  SPLICE_BROADCAST_FAIL: 350,
  /** The peer and the channel are with another daemon of the node. */
  SPLICE_WRONG_OWNER: 351,
  /** The node does not have the channel to splice. */
  SPLICE_UNKNOWN_CHANNEL: 352,
  /** The state of the channel does not allow a splice. */
  SPLICE_INVALID_CHANNEL_STATE: 353,
  /** One of the nodes does not support splicing. */
  SPLICE_NOT_SUPPORTED: 354,
  /** Another splice of the channel is in progress. */
  SPLICE_BUSY_ERROR: 355,
  /** The input of the splice is not valid. */
  SPLICE_INPUT_ERROR: 356,
  /** The funds do not cover the splice. */
  SPLICE_FUNDING_LOW: 357,
  /** The splice is in another state than the command requires. */
  SPLICE_STATE_ERROR: 358,
  /** The fee of the splice is too low. */
  SPLICE_LOW_FEE: 359,
  /** The fee of the splice is too high. */
  SPLICE_HIGH_FEE: 360,
  /** The peer or the node aborted the splice. */
  SPLICE_ABORT: 362,
  /** The channel failed during the splice. */
  SPLICE_CHANNEL_ERROR: 363,
  /** The node knows no address of the peer. */
  CONNECT_NO_KNOWN_ADDRESS: 400,
  /** No address of the peer accepted the connection. */
  CONNECT_ALL_ADDRESSES_FAILED: 401,
  /** The peer disconnected during the handshake. */
  CONNECT_DISCONNECTED_DURING: 402,
  /** The plugin for the Bitcoin node failed. */
  BCLI_ERROR: 500,
  /** The Bitcoin node has no fee estimates. */
  BCLI_NO_FEE_ESTIMATES: 501,
  /** The signer did not compute the shared secret. */
  HSM_ECDH_FAILED: 800,
  /** Another invoice has this label. */
  INVOICE_LABEL_ALREADY_EXISTS: 900,
  /** Another invoice has this preimage. */
  INVOICE_PREIMAGE_ALREADY_EXISTS: 901,
  /** None of the channels that were named can receive. */
  INVOICE_HINTS_GAVE_NO_ROUTES: 902,
  /** The invoice expired while the command waited. */
  INVOICE_EXPIRED_DURING_WAIT: 903,
  /** No invoice was paid in time. */
  INVOICE_WAIT_TIMED_OUT: 904,
  /** The node does not have the invoice. */
  INVOICE_NOT_FOUND: 905,
  /** The invoice has another status than the one requested. */
  INVOICE_STATUS_UNEXPECTED: 906,
  /** The offer of the invoice is disabled. */
  INVOICE_OFFER_INACTIVE: 907,
  /** The invoice has no description to remove. */
  INVOICE_NO_DESCRIPTION: 908,
  /** The node has this offer already. */
  OFFER_ALREADY_EXISTS: 1000,
  /** The offer is disabled already. */
  OFFER_ALREADY_DISABLED: 1001,
  /** The offer has expired. */
  OFFER_EXPIRED: 1002,
  /** No route leads to the node that made the offer. */
  OFFER_ROUTE_NOT_FOUND: 1003,
  /** The reply to the invoice request is not valid. */
  OFFER_BAD_INVREQ_REPLY: 1004,
  /** The other node did not reply in time. */
  OFFER_TIMEOUT: 1005,
  /** The offer is enabled already. */
  OFFER_ALREADY_ENABLED: 1006,
  /** The offer is for one use, and was used. */
  OFFER_USED_SINGLE_USE: 1007,
  /** The datastore does not have the key to delete. */
  DATASTORE_DEL_DOES_NOT_EXIST: 1200,
  /** The key to delete has another generation. */
  DATASTORE_DEL_WRONG_GENERATION: 1201,
  /** The datastore has this key already. */
  DATASTORE_UPDATE_ALREADY_EXISTS: 1202,
  /** The datastore does not have the key to change. */
  DATASTORE_UPDATE_DOES_NOT_EXIST: 1203,
  /** The key to change has another generation. */
  DATASTORE_UPDATE_WRONG_GENERATION: 1204,
  /** The key has children, so it holds no value. */
  DATASTORE_UPDATE_HAS_CHILDREN: 1205,
  /** A parent of the key holds a value, so it has no children. */
  DATASTORE_UPDATE_NO_CHILDREN: 1206,
  /** The wallet has no key for the address. */
  SIGNMESSAGE_PUBKEY_NOT_FOUND: 1301,
  /** The node does not have the forwarded payment. */
  DELFORWARD_NOT_FOUND: 1401,
  /** The node does not have the event. */
  DELNETWORKEVENT_NOT_FOUND: 1402,
  /** The rune is malformed, or another node signed it. */
  RUNE_NOT_AUTHORIZED: 1501,
  /** A restriction of the rune forbids the call. */
  RUNE_NOT_PERMITTED: 1502,
  /** The rune is revoked. */
  RUNE_BLACKLISTED: 1503,
  /** The node has channels or funds, so it cannot recover another secret. */
  RECOVER_NODE_IN_USE: 1600,
  /** The node has made no payment that the proof could show. */
  CREATEPROOF_NO_PAYMENT: 1700,
  /** Nothing changed within the timeout. */
  WAIT_TIMEOUT: 2000,
} as const;

/** The name of one of lightningd's error codes. */
export type ErrorName = keyof typeof errorCodes;

/** One of lightningd's error codes. */
export type ErrorCode = (typeof errorCodes)[ErrorName];
