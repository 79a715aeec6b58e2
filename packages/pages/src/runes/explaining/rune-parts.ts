import { bytesFromText, restrictionInWords, type Rune } from '@clnrest/runes';
import { visible } from '../../visible.ts';

/** A part of a rune's text and its meaning. */
export interface RunePart {
  /** The characters of the rune's base64 text that encode the part. */
  readonly text: string;
  /** The decoded part, with invisible characters escaped. */
  readonly decoded: string;
  readonly words: string;
}

/** Bytes of the authentication code, which come first. */
const CODE_BYTES = 32;

/**
 * Splits the text of a rune into the authentication code, the unique id and the restrictions. A base64 character has six
 * bits, so a character at the border of two parts belongs to the one in which it starts.
 *
 * @param now in seconds since 1970
 */
export function runePartsOf(rune: Rune, now: bigint): readonly RunePart[] {
  const text = rune.toBase64();
  const encoded = rune.encodedRestrictions();
  const meanings = meaningsOf(rune, now);
  let end = CODE_BYTES;
  const code: RunePart = {
    text: text.slice(0, firstCharacter(end)),
    decoded: `${rune.toString().slice(0, 8)}…`,
    words: 'The code: proves that the node created the rune, and that no restriction was removed.',
  };
  const others = encoded.map((part, i) => {
    const start = firstCharacter(end);
    // The `&` after a part counts for the part.
    end += bytesFromText(part).length + 1;
    const isLast = i === encoded.length - 1;
    return {
      text: text.slice(start, isLast ? undefined : firstCharacter(end)),
      decoded: visible(part),
      words: meanings[i] ?? '',
    };
  });
  return [code, ...others];
}

/** The first base64 character that starts at or after a byte. */
function firstCharacter(byte: number): number {
  return Math.ceil((byte * 4) / 3);
}

function meaningsOf({ uniqueId, restrictions }: Rune, now: bigint): readonly string[] {
  const words = restrictions.map((restriction) =>
    sentence(restrictionInWords(restriction, now, uniqueId)),
  );
  if (uniqueId === undefined) return words;
  return [
    'The unique id: revoking it revokes this rune and all runes that are derived from it.',
    ...words,
  ];
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}
