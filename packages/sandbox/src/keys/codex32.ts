import { bech32 } from '@scure/base';

const CHARACTERS = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

/** The generator, the initial residue and the target of BIP 93's short checksum. */
const GENERATOR = [
  0x19dc500ce73fde210n,
  0x1bfae00def77fe529n,
  0x1fbd920fffe7bee52n,
  0x1739640bdeee3fdadn,
  0x07729a039cfc75f5an,
];
const TARGET = 0x10ce0795c2fd1e62an;
const CHECKSUM_LENGTH = 13;

/** lightningd's prefix of a node's secret. */
const PREFIX = 'cl';

function residueOf(values: readonly number[]): bigint {
  let residue = 1n;
  for (const value of values) {
    const top = residue >> 60n;
    residue = ((residue & 0x0fffffffffffffffn) << 5n) ^ BigInt(value);
    for (const [bit, term] of GENERATOR.entries()) {
      if (((top >> BigInt(bit)) & 1n) === 1n) residue ^= term;
    }
  }
  return residue;
}

/** Returns why a text cannot be the identifier of a codex32 string, in the words of lightningd; undefined if it can. */
export function identifierProblem(identifier: string): string | undefined {
  if (Buffer.byteLength(identifier) !== 4) return 'Invalid id: must be 4 characters';
  for (const character of identifier) {
    if (character.charCodeAt(0) > 0x7f) return 'Invalid id: must be ASCII';
    if (CHARACTERS.includes(character)) continue;
    return CHARACTERS.includes(character.toLowerCase())
      ? 'Invalid id: must be lower-case'
      : 'Invalid id: must be valid bech32 string';
  }
  return undefined;
}

/** The identifier of a node without a chosen one: the first letters of its alias that bech32 has, then `x`. */
export function identifierFor(alias: string): string {
  const letters = [...alias.toLowerCase()].filter((letter) => CHARACTERS.includes(letter));
  return letters.join('').slice(0, 4).padEnd(4, 'x');
}

/**
 * Encodes a secret of 32 bytes that is not shared (BIP 93).
 *
 * @param identifier - four characters, see {@link identifierProblem}
 */
export function encodeCodex32(secret: Uint8Array, identifier: string): string {
  // BIP 93 fills the last character with zero bits, as bech32 does.
  const data = `0${identifier}s${bech32
    .toWords(secret)
    .map((word) => CHARACTERS[word])
    .join('')}`;
  const prefix = [...PREFIX].map((letter) => letter.charCodeAt(0));
  const expanded = [...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31)];
  const values = [...data].map((character) => CHARACTERS.indexOf(character));
  const blank = Array.from({ length: CHECKSUM_LENGTH }, () => 0);
  const checksum = residueOf([...expanded, ...values, ...blank]) ^ TARGET;
  const digits = blank.map((_, index) => {
    const shift = BigInt(5 * (CHECKSUM_LENGTH - 1 - index));
    return CHARACTERS[Number((checksum >> shift) & 31n)];
  });
  return `${PREFIX}1${data}${digits.join('')}`;
}
