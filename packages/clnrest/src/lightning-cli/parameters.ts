import { withoutRunes } from '../rune-form.ts';
import { UsageError } from '../usage-error.ts';

/** How the words behind the method are meant: `-k`, `-o`, or told from the first of them. */
export type ParameterStyle = 'keywords' | 'ordered' | 'auto';

/**
 * Words of a command line → parameters as JSON text, by lightning-cli's rules: by name if the first
 * word contains `=`, else by position; what looks like JSON is sent as it is, all else as a string.
 *
 * @throws {UsageError} where the result would be no JSON, or a word by name has no `=`
 */
export function parametersFromWords(words: readonly string[], style: ParameterStyle): string {
  const byName = style === 'keywords' || (style === 'auto' && words[0]?.includes('=') === true);
  const text = byName ? `{${words.map(keyword).join(',')}}` : `[${words.map(valueOf).join(',')}]`;
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`Some parameters are malformed JSON: ${withoutRunes(text)}`, { cause });
  }
  return text;
}

function keyword(word: string): string {
  const at = word.indexOf('=');
  if (at < 0) throw new UsageError(`Expected key=value in '${withoutRunes(word)}'`);
  return `${JSON.stringify(word.slice(0, at))}:${valueOf(word.slice(at + 1))}`;
}

function valueOf(word: string): string {
  return isLiteral(word) ? word : JSON.stringify(word);
}

/** Digits with a leading zero are no number: they may be hex data. */
function isLiteral(word: string): boolean {
  if (/^0[0-9]+$/.test(word)) return false;
  return /^(?:[0-9.]+|true|false|null|\{.*\}|\[.*\]|".*"|")$/s.test(word);
}
