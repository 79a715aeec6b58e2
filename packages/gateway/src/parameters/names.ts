import { Refusal } from '../refusals.ts';
import { MAX_PARAMETERS } from './limits.ts';

/** Punctuation by C's `ispunct()`: printable ASCII characters except letters, digits and space. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

/** Returns a name without punctuation, the form in which `checkrune` also matches it. */
export function bareName(name: string): string {
  return name.replace(PUNCTUATION, '');
}

/**
 * The parameter names of one request. Refuses names that `checkrune` and the command could resolve to
 * different parameters:
 * - `checkrune` matches a name with and without punctuation, and uses the first parameter that matches.
 *   With `{"amountmsat":1,"amount_msat":1000000}`, `pnameamountmsat` is 1.
 * - `checkrune` does not decode escapes in names: the `n` of `\n` counts as a letter. A command can
 *   decode the escape.
 *
 * No command has two parameters that differ in punctuation only, or a name with quotes, backslashes or
 * control characters.
 */
export class ParameterNames {
  readonly #seen = new Set<string>();

  /** Adds a name in its canonical spelling, without quotes. Throws a {@link Refusal}. */
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
