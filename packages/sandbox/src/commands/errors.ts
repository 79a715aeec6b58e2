import { RpcError } from '@clnrest/lightningd';
import type { JsonOutput } from '../json/output.ts';

/** The error codes of lightningd that the sandbox uses (common/jsonrpc_errors.h). */
export const ErrorCode = {
  /** Some failures of lightningd's plugins have no code of their own. */
  none: 0,
  invalidRequest: -32600,
  unknownCommand: -32601,
  invalidParams: -32602,
  /** lightningd's plugins in Rust use it for all errors. */
  rustPlugin: -32700,
  /** lightningd's code for other errors. */
  general: -1,
  pluginFailed: -3,
  pluginTerminated: -4,
  payInProgress: 200,
  payUnparseableOnion: 202,
  payDestinationFailed: 203,
  payHashAlreadyUsed: 201,
  payTryOtherRoute: 204,
  payNoRoute: 205,
  payTooExpensive: 206,
  payUserError: 206,
  payInvoiceExpired: 207,
  payNoSuchPayment: 208,
  payUnspecified: 209,
  payStoppedRetrying: 210,
  payInvoiceRequestInvalid: 212,
  payAlreadyPaid: 219,
  fundCannotAfford: 301,
  fundOutputIsDust: 302,
  fundingPsbtInvalid: 309,
  fundCannotAffordWithEmergency: 313,
  fundInputIsZero: 314,
  connectNoAddress: 400,
  connectFailed: 401,
  connectDisconnected: 402,
  labelExists: 900,
  preimageExists: 901,
  hintsGaveNoRoutes: 902,
  invoiceExpired: 903,
  invoiceTimedOut: 904,
  invoiceNotFound: 905,
  invoiceStatusUnexpected: 906,
  invoiceOfferInactive: 907,
  invoiceNoDescription: 908,
  offerAlreadyExists: 1000,
  offerAlreadyDisabled: 1001,
  offerExpired: 1002,
  offerRouteNotFound: 1003,
  offerBadReply: 1004,
  offerTimeout: 1005,
  offerAlreadyEnabled: 1006,
  offerUsedSingleUse: 1007,
  datastoreDeleteMissing: 1200,
  datastoreDeleteWrongGeneration: 1201,
  datastoreExists: 1202,
  datastoreMissing: 1203,
  datastoreWrongGeneration: 1204,
  datastoreHasChildren: 1205,
  datastoreNoChildren: 1206,
  signedByUnknown: 1301,
  forwardNotFound: 1401,
  networkEventNotFound: 1402,
  runeNotAuthorized: 1501,
  runeNotPermitted: 1502,
  runeBlacklisted: 1503,
  createproofNoPayment: 1700,
  waitTimedOut: 2000,
  commandoLocal: 19_535,
  commandoRemote: 19_536,
  commandoRemoteAuth: 19_537,
} as const;

export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** The error reply of a command. */
export class CommandError extends RpcError {
  override readonly name = 'CommandError';
  declare readonly code: ErrorCode;
  declare readonly data: JsonOutput | undefined;

  constructor(code: ErrorCode, message: string, data?: JsonOutput) {
    super(code, message, { data });
  }
}
