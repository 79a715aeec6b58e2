import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { escaped, readAlternative } from './alternative.ts';
import { decodeBase64Url, encodeBase64Url } from './base64url.ts';
import { RuneSyntaxError } from './errors.ts';
import { EMPTY_RESTRICTION, readRestriction, type Restriction } from './restriction.ts';
import { paddedLength, Sha256State } from './sha256-state.ts';
import { assertRuneText, bytesFromText, textFromBytes } from './text.ts';

/** Bytes of an authentication code. */
const CODE_LENGTH = 32;

/**
 * A rune: an authentication code, a unique id, and restrictions that all must hold.
 *
 * Immutable. Restricting a rune needs no secret: any holder can add restrictions but cannot remove any. To verify that
 * a rune is genuine, use `Master.verify` (with the node's secret) or the node's `checkrune`.
 *
 * @example
 * ```ts
 * import { Restriction, Rune } from '@clnrest/runes';
 *
 * // The worked example of lightningd's createrune manual.
 * const rune = Rune.fromBase64('KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==');
 * rune.uniqueId; // => '0'
 * rune
 *   .restrict(Restriction.of('method^list', 'method^get', 'method=summary'))
 *   .restrict(Restriction.of('method/listdatastore'))
 *   .toBase64(); // => 'NbL7KkXcPQsVseJ9TdJNjJK2KsPjnt_q4cE_wvc873I9MCZtZXRob2RebGlzdHxtZXRob2ReZ2V0fG1ldGhvZD1zdW1tYXJ5Jm1ldGhvZC9saXN0ZGF0YXN0b3Jl'
 * ```
 */
export class Rune {
  /** 32 bytes; a state of SHA-256. As secret as the rune: keep it out of logs. */
  readonly code: Uint8Array;
  /** Set at creation and kept by all derived runes. lightningd's ids are decimal numbers. */
  readonly uniqueId: string | undefined;
  /** The part of the id after `-`. lightningd neither issues nor accepts versions. */
  readonly version: string | undefined;
  /** All must hold. The unique id, which is encoded as a restriction, is not included. */
  readonly restrictions: readonly Restriction[];

  /**
   * For parsers and `Master`; use `Rune.fromBase64`, `Rune.fromString` or `Master.create`.
   *
   * @throws {RuneSyntaxError} for an id that parsing would not return, and for an empty restriction that is not the last
   */
  constructor(
    code: Uint8Array,
    uniqueId: string | undefined,
    version: string | undefined,
    restrictions: readonly Restriction[],
  ) {
    if (uniqueId === undefined ? version !== undefined : uniqueId.includes('-')) {
      throw new RuneSyntaxError(
        'bad_id',
        "a unique id cannot contain '-', and a version requires an id",
      );
    }
    // In a rune without an id and other restrictions, an empty restriction would have no encoding.
    const empty = restrictions.findIndex(({ alternatives }) => alternatives.length === 0);
    if (
      empty >= 0 &&
      (empty < restrictions.length - 1 || (empty === 0 && uniqueId === undefined))
    ) {
      throw new RuneSyntaxError('empty', 'an empty restriction must be the last');
    }
    assertRuneText(uniqueId ?? '');
    assertRuneText(version ?? '');
    this.code = code;
    this.uniqueId = uniqueId;
    this.version = version;
    this.restrictions = restrictions;
  }

  /**
   * Parses the usual form, base64url. Padding is optional. Otherwise each rune has one spelling, the one that nodes
   * write.
   *
   * @throws {RuneSyntaxError}
   */
  static fromBase64(text: string): Rune {
    const bytes = decodeBase64Url(text);
    if (bytes.length < CODE_LENGTH) {
      throw new RuneSyntaxError('too_short', 'a rune must have at least 32 bytes');
    }
    return read(bytes.slice(0, CODE_LENGTH), textFromBytes(bytes.subarray(CODE_LENGTH)));
  }

  /**
   * Parses the readable form, `<64 hex digits>:<restrictions>`, which lightningd's decode returns.
   *
   * @throws {RuneSyntaxError}
   */
  static fromString(text: string): Rune {
    if (!/^[0-9a-fA-F]{64}:/.test(text)) {
      throw new RuneSyntaxError('bad_hex', '64 hex digits and a colon must come first', 0);
    }
    return read(hexToBytes(text.slice(0, 64)), text.slice(65));
  }

  /**
   * Returns a rune with one more restriction.
   *
   * @throws {RuneSyntaxError} `empty` if this rune ends with an empty restriction
   */
  restrict(restriction: Restriction): Rune {
    const state = Sha256State.resume(this.code, this.#hashed());
    state.absorb(bytesFromText(restriction.encode()));
    const { uniqueId, version, restrictions } = this;
    return new Rune(state.code(), uniqueId, version, [...restrictions, restriction]);
  }

  /**
   * Returns a rune with more restrictions.
   *
   * @throws {RuneSyntaxError} like `restrict`
   */
  restrictAll(restrictions: readonly Restriction[]): Rune {
    const state = Sha256State.resume(this.code, this.#hashed());
    for (const restriction of restrictions) state.absorb(bytesFromText(restriction.encode()));
    return new Rune(state.code(), this.uniqueId, this.version, [
      ...this.restrictions,
      ...restrictions,
    ]);
  }

  /** Returns the encoded restrictions, starting with the unique id if there is one. */
  encodedRestrictions(): string[] {
    const encoded = this.restrictions.map((restriction) => restriction.encode());
    const id = idText(this.uniqueId, this.version);
    return id === undefined ? encoded : [id, ...encoded];
  }

  /** Returns the usual form: base64url with padding. */
  toBase64(): string {
    const text = bytesFromText(this.encodedRestrictions().join('&'));
    const bytes = new Uint8Array(CODE_LENGTH + text.length);
    bytes.set(this.code);
    bytes.set(text, CODE_LENGTH);
    return encodeBase64Url(bytes);
  }

  /** Returns the readable form, `hex:restrictions`. As secret as the rune. */
  toString(): string {
    return `${bytesToHex(this.code)}:${this.encodedRestrictions().join('&')}`;
  }

  /** Hides the code in Node's consoles and loggers. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `Rune(…:${this.encodedRestrictions().join('&')})`;
  }

  #hashed(): number {
    return this.encodedRestrictions().reduce(
      (hashed, text) => hashed + paddedLength(bytesFromText(text).length),
      64,
    );
  }
}

/** Encodes the unique id: a restriction with an empty field name, always first. */
export function idText(id: string | undefined, version: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  return `=${escaped(version === undefined ? id : `${id}-${version}`)}`;
}

function read(code: Uint8Array, text: string): Rune {
  assertRuneText(text);
  const restrictions: Restriction[] = [];
  let id: string | undefined;
  let at = 0;
  let follows = text !== '';
  const first = text.startsWith('=') ? readAlternative(text, 0, true) : undefined;
  if (first !== undefined && first.stop !== '|') {
    id = first.value;
    at = first.end;
    follows = first.stop === '&';
  }
  while (at < text.length) {
    const { restriction, end, stop } = readRestriction(text, at, true);
    restrictions.push(restriction);
    at = end;
    follows = stop === '&';
  }
  if (follows) restrictions.push(EMPTY_RESTRICTION);
  const dash = id?.indexOf('-') ?? -1;
  return new Rune(
    code,
    dash < 0 ? id : id?.slice(0, dash),
    dash < 0 ? undefined : id?.slice(dash + 1),
    restrictions,
  );
}
