import { RuneSyntaxError } from './errors.ts';
import type { Restriction } from './restriction.ts';
import { idText, Rune } from './rune.ts';
import { Sha256State } from './sha256-state.ts';
import { bytesFromText } from './text.ts';

/** A secret must leave room for SHA-256's end marker in its first block. */
const MAX_SECRET_BYTES = 55;

/** The reason why a rune is not this node's: lightningd's words after `Not authorized: `. */
export type NotDerived = 'Version mismatch' | 'Not derived from master';

/**
 * A node's rune secret, which creates and verifies runes.
 *
 * lightningd's secret is the result of `makesecret string=commando` (32 bytes).
 *
 * @example
 * ```ts
 * import { Master, Restriction } from '@clnrest/runes';
 *
 * const master = new Master(new Uint8Array(32).fill(7));
 * const rune = master.create('0', [Restriction.of('method=getinfo')]);
 * master.verify(rune); // => undefined
 * master.verify(rune.restrict(Restriction.of('pnum=0'))); // => undefined
 * new Master(new Uint8Array(32).fill(8)).verify(rune); // => 'Not derived from master'
 * ```
 */
export class Master {
  readonly #code: Uint8Array;
  /** Reused for each rune: allocating one takes a tenth of the time to verify. */
  readonly #state: Sha256State;

  /** @throws {RuneSyntaxError} for an empty secret, or one of more than 55 bytes */
  constructor(secret: Uint8Array) {
    if (secret.length === 0 || secret.length > MAX_SECRET_BYTES) {
      throw new RuneSyntaxError('bad_secret', 'a rune secret must have 1 to 55 bytes');
    }
    this.#state = Sha256State.fromSecret(secret);
    this.#code = this.#state.code();
  }

  /**
   * Creates a rune.
   *
   * @throws {RuneSyntaxError} if the id contains `-`, which would start a version
   */
  create(uniqueId: string, restrictions: readonly Restriction[] = [], version?: string): Rune {
    if (uniqueId.includes('-') || uniqueId.includes('\0') || version?.includes('\0') === true) {
      throw new RuneSyntaxError('bad_id', "a unique id cannot contain '-' or a zero byte");
    }
    const unrestricted = new Rune(
      this.#codeOf([idText(uniqueId, version) ?? '']),
      uniqueId,
      version,
      [],
    );
    return restrictions.length === 0 ? unrestricted : unrestricted.restrictAll(restrictions);
  }

  /**
   * Returns undefined if the rune derives from this secret, else lightningd's words. A rune with an empty restriction
   * never verifies, since lightningd ignores the restriction when it reads the rune.
   */
  verify(rune: Rune): NotDerived | undefined {
    if (rune.version !== undefined) return 'Version mismatch';
    if (rune.restrictions.some(({ alternatives }) => alternatives.length === 0)) {
      return 'Not derived from master';
    }
    return equalInConstantTime(this.#codeOf(rune.encodedRestrictions()), rune.code)
      ? undefined
      : 'Not derived from master';
  }

  #codeOf(encoded: readonly string[]): Uint8Array {
    const state = this.#state;
    state.continueFrom(this.#code, 64);
    for (const text of encoded) state.absorb(bytesFromText(text));
    return state.code();
  }
}

function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}
