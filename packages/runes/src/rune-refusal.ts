import type { Call, Circumstances } from './call.ts';
import { refusalReason } from './refusal-reason.ts';
import type { Master } from './master.ts';
import type { Rune } from './rune.ts';

/**
 * lightningd's error code for a rune that is not the node's.
 *
 * @example
 * ```ts
 * import { Master, NOT_AUTHORIZED, runeRefusal } from '@clnrest/runes';
 *
 * const [ours, theirs] = [7, 8].map((byte) => new Master(new Uint8Array(32).fill(byte)));
 * runeRefusal(ours, theirs.create('0'), { now: 0n });
 * // => { code: NOT_AUTHORIZED, message: 'Not authorized: Not derived from master' }
 * ```
 */
export const NOT_AUTHORIZED = 1501;

/**
 * lightningd's error code for a call that the rune's restrictions do not allow.
 *
 * @example
 * ```ts
 * import { Master, NOT_PERMITTED, Restriction, runeRefusal } from '@clnrest/runes';
 *
 * const master = new Master(new Uint8Array(32).fill(7));
 * const rune = master.create('0', [Restriction.of('pnum=0')]);
 * runeRefusal(master, rune, { now: 0n, params: '[1]' });
 * // => { code: NOT_PERMITTED, message: 'Not permitted: number of parameters is not equal to 0' }
 * ```
 */
export const NOT_PERMITTED = 1502;

/**
 * lightningd's error code for a blacklisted rune. It takes precedence over the other codes.
 *
 * @example
 * ```ts
 * import { BLACKLISTED, Master, runeRefusal } from '@clnrest/runes';
 *
 * const master = new Master(new Uint8Array(32).fill(7));
 * runeRefusal(master, master.create('3'), { now: 0n }, { isBlacklisted: (id) => id === '3' });
 * // => { code: BLACKLISTED, message: 'Not authorized: Blacklisted rune' }
 * ```
 */
export const BLACKLISTED = 1503;

/** The reason why a rune does not allow a call: lightningd's code and message. */
export interface RuneRefusal {
  readonly code: typeof NOT_AUTHORIZED | typeof NOT_PERMITTED | typeof BLACKLISTED;
  readonly message: string;
}

/** Circumstances that only a node knows. */
export interface NodeCircumstances extends Circumstances {
  /** Returns whether an id is blacklisted; any result except `false` refuses the rune. Defaults to no blacklist. */
  readonly isBlacklisted?: ((uniqueId: string) => boolean) | undefined;
}

/**
 * Makes all checks of a node's checkrune in the same order: blacklisted, genuine, permitted.
 *
 * @returns the refusal, or undefined if the call is allowed
 * @throws {RuneSyntaxError} if the call's parameters are not a JSON object or array
 *
 * @example
 * ```ts
 * import { Master, Restriction, runeRefusal } from '@clnrest/runes';
 *
 * const master = new Master(new Uint8Array(32).fill(7));
 * const rune = master.create('0', [Restriction.of('method=getinfo')]);
 * runeRefusal(master, rune, { now: 0n, method: 'getinfo' }); // => undefined
 * runeRefusal(master, rune, { now: 0n, method: 'stop' });
 * // => { code: 1502, message: 'Not permitted: method is not equal to getinfo' }
 * ```
 */
export function runeRefusal(
  master: Master,
  rune: Rune,
  call: Call,
  circumstances: NodeCircumstances = {},
): RuneRefusal | undefined {
  const { isBlacklisted } = circumstances;
  // A promise or undefined instead of a boolean must not let a rune pass.
  if (
    rune.uniqueId !== undefined &&
    isBlacklisted !== undefined &&
    isBlacklisted(rune.uniqueId) !== false
  ) {
    return { code: BLACKLISTED, message: 'Not authorized: Blacklisted rune' };
  }
  const foreign = master.verify(rune);
  if (foreign !== undefined) {
    return { code: NOT_AUTHORIZED, message: `Not authorized: ${foreign}` };
  }
  const reason = refusalReason(rune, call, circumstances);
  return reason === undefined
    ? undefined
    : { code: NOT_PERMITTED, message: `Not permitted: ${reason}` };
}
