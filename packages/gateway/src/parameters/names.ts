import { Refusal } from '../errors.ts';
import { MAX_PARAMETERS } from './limits.ts';

/** What C's ispunct() takes for punctuation: all of ASCII that shows and is no letter or digit. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

/** A name as the judge also finds it: without punctuation. */
export function bareName(name: string): string {
  return name.replace(PUNCTUATION, '');
}

/**
 * The names of one request's parameters. lightningd's judge and the command must see the same
 * parameter under a name, and left to themselves they may not:
 * - the judge finds a parameter under its name and under its name without punctuation, and of several
 *   that fit it takes the first (`{"amountmsat":1,"amount_msat":1000000}` has one `pnameamountmsat`);
 * - the judge reads names as they are written, escapes and all, so that the `n` of `\n` counts as a
 *   letter, where the command may see the character that is meant.
 * Both are refused. No command has two parameters that differ in punctuation only, or quotes,
 * backslashes or control characters in a name.
 */
export class ParameterNames {
  readonly #seen = new Set<string>();

  /** Takes one name, as it stands in the canonical text, without its quotes. */
  add(name: string): void {
    if (name.includes('\\')) throw Refusal.of('impossible_parameter');
    if (this.#seen.size >= MAX_PARAMETERS) throw Refusal.of('too_complex');
    const bare = bareName(name);
    if (this.#seen.has(bare)) {
      throw Refusal.of('ambiguous_parameters', {
        detail: 'a name is repeated, or two names differ in punctuation only',
      });
    }
    this.#seen.add(bare);
  }
}
