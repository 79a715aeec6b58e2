import { Rune, RuneSyntaxError, uniqueIdNumber } from '@clnrest/runes';
import { Refusal } from '../errors.ts';

/** JSON-RPC's "invalid params", which lightningd returns for a text that is not a rune. */
const INVALID_PARAMS = -32602;

/** A rune that has the form of a node's. */
export interface NumberedRune {
  readonly rune: Rune;
  /** The number that the node counts uses by, and blacklists by. */
  readonly id: bigint;
}

/**
 * Reads a text as a rune. A text that cannot be a node's rune gets lightningd's refusal without asking
 * lightningd, which would write the text into its log: a rune that lacks a character is still a secret.
 */
export function readRuneText(text: string): NumberedRune | Refusal {
  try {
    const rune = Rune.fromBase64(text);
    const id = rune.uniqueId === undefined ? undefined : uniqueIdNumber(rune.uniqueId);
    return id === undefined ? malformed('have valid numeric unique_id') : { rune, id };
  } catch (error) {
    if (error instanceof RuneSyntaxError) return malformed('be base64 string');
    throw error;
  }
}

function malformed(what: string): Refusal {
  return Refusal.ofNode('rune_refused', { code: INVALID_PARAMS, message: `rune: should ${what}` });
}
