/** Whom a use of a shared resource counts for. */
export interface Origin {
  /** Two origins are the same if their keys are. */
  readonly key: string;
  /** Names the origin in a refusal, without saying which one it is. */
  readonly name: string;
}

/** All callers of paths that need no rune. The unique id of a rune begins with `=`, an address does not. */
export const NO_RUNE: Origin = { key: 'none', name: 'without a rune' };

/** The origin of a genuine rune. Runes that derive from one rune are one origin: any holder can derive more. */
export function originOfRune(rune: string): Origin {
  return { key: uniqueIdOf(rune), name: 'of this rune' };
}

/** The origin of a caller of whom only the address is known. */
export function originOfAddress(key: string): Origin {
  return { key, name: 'from this address' };
}

/** Bytes of a rune's code, which differs with every restriction. */
const CODE_LENGTH = 32;
/** The 40th character of base64 begins with the 30th byte. */
const NEAR = { character: 40, byte: 30 };
/** Characters that hold the longest number of a rune. */
const ID_CHARACTERS = 64;

/**
 * The unique id of a genuine rune, `=12`: it follows the code and precedes all restrictions, and
 * every derived rune keeps it. Decodes no more than that: this runs for each command.
 */
export function uniqueIdOf(rune: string): string {
  const part = rune.slice(NEAR.character, NEAR.character + ID_CHARACTERS);
  const text = Buffer.from(part, 'base64url').toString('latin1', CODE_LENGTH - NEAR.byte);
  const end = text.indexOf('&');
  return end === -1 ? text : text.slice(0, end);
}
