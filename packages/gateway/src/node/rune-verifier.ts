import type { ParsedRune } from './parsed-rune.ts';
import type { RuneReader } from './rune-reader.ts';
import type { RuneSecret } from './rune-secret.ts';

/**
 * Runes with more restrictions are left to the node. Each one costs two blocks of SHA-256, and any client can send a
 * rune with thousands.
 */
const MAX_RESTRICTIONS = 256;

/** The result of comparing a rune with a secret. */
interface Comparison {
  readonly secret: RuneSecret;
  readonly reason: string | undefined;
}

/** Verifies runes against the node's secret, and caches results while a rune is in use, to avoid SHA-256. */
export class RuneVerifier {
  readonly #reader: RuneReader;
  readonly #comparisons = new WeakMap<ParsedRune, Comparison>();

  constructor(reader: RuneReader) {
    this.#reader = reader;
  }

  /** Whether the rune is small enough. */
  canVerify({ rune }: ParsedRune): boolean {
    return rune.restrictions.length <= MAX_RESTRICTIONS;
  }

  /** lightningd's reason why a rune does not derive from the secret, or undefined if it does. */
  notDerivedReason(rune: ParsedRune, secret: RuneSecret): string | undefined {
    const cached = this.#comparisons.get(rune);
    if (cached?.secret === secret) return cached.reason;
    const reason = secret.verify(rune.rune);
    this.#comparisons.set(rune, { secret, reason });
    if (reason === undefined) this.#reader.keep(rune);
    return reason;
  }
}
