/**
 * The operators of the rune language, in the order of the createrune manual.
 *
 * @example
 * ```ts
 * import { CONDITIONS } from '@clnrest/runes';
 *
 * CONDITIONS.join(''); // => '=/^$~<>{}#!'
 * ```
 */
export const CONDITIONS = ['=', '/', '^', '$', '~', '<', '>', '{', '}', '#', '!'] as const;

/** One operator: `=` equal, `/` not equal, `^` starts, `$` ends, `~` contains, `<` `>` integers, `{` `}` order, `#` comment, `!` missing. */
export type Condition = (typeof CONDITIONS)[number];

/** Whether the character is an operator. */
export function isCondition(character: string | undefined): character is Condition {
  return CONDITIONS.some((condition) => condition === character);
}

/**
 * Returns where the field name of an alternative ends: at the first ASCII punctuation other than `_`. A name can
 * contain all other characters, including spaces and non-ASCII letters.
 */
export function fieldnameEnd(text: string, from = 0): number {
  for (let i = from; i < text.length; i++) {
    if (isPunctuation(text.charCodeAt(i)) && text[i] !== '_') return i;
  }
  return text.length;
}

/** Removes the punctuation of a parameter's name: `amount_msat` → `amountmsat`. */
export function withoutPunctuation(name: string): string {
  return name.replace(/[!-/:-@[-`{-~]/g, '');
}

/** Whether a parameter's name without its punctuation equals `bare`. Allocates nothing, unlike {@link withoutPunctuation}. */
export function isWithoutPunctuation(name: string, bare: string): boolean {
  let at = 0;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (isPunctuation(code)) continue;
    if (code !== bare.charCodeAt(at)) return false;
    at++;
  }
  return at === bare.length;
}

function isPunctuation(code: number): boolean {
  return (
    (code >= 0x21 && code <= 0x2f) ||
    (code >= 0x3a && code <= 0x40) ||
    (code >= 0x5b && code <= 0x60) ||
    (code >= 0x7b && code <= 0x7e)
  );
}
