import { Rune, RuneSyntaxError, uniqueIdNumber } from '@clnrest/runes';
import { Refusal } from '../refusals.ts';
import { ParsedRune } from './parsed-rune.ts';

/** JSON-RPC's "invalid params", which lightningd returns for a text that is not a rune. */
const INVALID_PARAMS = -32602;

/** The number and the total length of the texts that the cache holds. */
const MAX_RUNES = 4_096;
const MAX_CHARACTERS = 512 * 1024;

/**
 * Parses runes. Clients send the same rune with each request, so it caches those that are known to be genuine.
 * An attacker cannot make others, so they cannot fill the cache.
 */
export class RuneReader {
  /** In the order of use. */
  readonly #cache = new Map<string, ParsedRune>();
  #latest: ParsedRune | undefined;
  #characters = 0;

  /**
   * Parses a rune. A text that cannot be a node's rune gets lightningd's refusal without asking lightningd,
   * which would write the text into its log: a rune that lacks a character is still a secret.
   */
  read(text: string): ParsedRune | Refusal {
    // Comparing with the latest costs less than hashing the text.
    if (this.#latest?.text === text) return this.#latest;
    const cached = this.#cache.get(text);
    if (cached === undefined) return parse(text);
    this.#cache.delete(text);
    this.#cache.set(text, cached);
    this.#latest = cached;
    return cached;
  }

  /** Adds a genuine rune to the cache. */
  keep(rune: ParsedRune): void {
    const { text } = rune;
    if (this.#cache.has(text) || text.length > MAX_CHARACTERS) return;
    this.#cache.set(text, rune);
    this.#characters += text.length;
    this.#latest = rune;
    for (const oldest of this.#cache.keys()) {
      if (this.#cache.size <= MAX_RUNES && this.#characters <= MAX_CHARACTERS) return;
      this.#cache.delete(oldest);
      this.#characters -= oldest.length;
    }
  }
}

function parse(text: string): ParsedRune | Refusal {
  try {
    const rune = Rune.fromBase64(text);
    const id = rune.uniqueId === undefined ? undefined : uniqueIdNumber(rune.uniqueId);
    return id === undefined
      ? malformed('have valid numeric unique_id')
      : new ParsedRune(text, rune, id);
  } catch (error) {
    if (error instanceof RuneSyntaxError) return malformed('be base64 string');
    throw error;
  }
}

function malformed(what: string): Refusal {
  return Refusal.ofNode('rune_refused', { code: INVALID_PARAMS, message: `rune: should ${what}` });
}
