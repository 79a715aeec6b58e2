/** The rune or address that a use of a shared resource counts for. */
export interface Origin {
  /** Two origins are the same if their keys are. */
  readonly key: string;
  /** Describes the origin in a refusal without identifying it. */
  readonly name: string;
}

/** The origin of all requests for paths that need no rune. Its key is neither a unique id (`=12`) nor an address. */
export const NO_RUNE: Origin = { key: 'none', name: 'without a rune' };

/** The origin of a genuine rune. Runes that derive from one rune are one origin: any holder can derive more. */
export function originOfRune(rune: string): Origin {
  return { key: uniqueIdOf(rune), name: 'of this rune' };
}

/** The origin of a client without a verified rune. */
export function originOfAddress(key: string): Origin {
  return { key, name: 'from this address' };
}

/** Bytes of a rune's authentication code, which differs with every restriction. */
const CODE_LENGTH = 32;
/** Where decoding starts, near the end of the code: character 40 of base64 begins with byte 30. */
const DECODE_FROM = { character: 40, byte: 30 };
/** Characters of base64 that hold the longest unique id. */
const ID_CHARACTERS = 64;

/**
 * Returns the unique id of a genuine rune, for example `=12`. It is between the code and the restrictions,
 * and all derived runes share it. Decodes nothing else, because this runs for each command.
 */
export function uniqueIdOf(rune: string): string {
  const part = rune.slice(DECODE_FROM.character, DECODE_FROM.character + ID_CHARACTERS);
  const text = Buffer.from(part, 'base64url').toString('latin1', CODE_LENGTH - DECODE_FROM.byte);
  const end = text.indexOf('&');
  return end === -1 ? text : text.slice(0, end);
}
