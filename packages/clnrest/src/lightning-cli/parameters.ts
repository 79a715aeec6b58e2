import { redactRunes } from '../rune-redaction.ts';
import { UsageError } from '../usage-error.ts';

/** How to read the parameters: by name (`-k`), by position (`-o`), or as the first of them suggests. */
export type ParameterStyle = 'keywords' | 'ordered' | 'auto';

/**
 * Converts the words of a command line to parameters as JSON text, by lightning-cli's rules. If the first word contains `=`,
 * parameters are by name, otherwise by position. Words that look like JSON stay unchanged, others become strings.
 *
 * @throws {UsageError} if the result is not valid JSON, or a named parameter has no `=`
 */
export function parametersFromWords(words: readonly string[], style: ParameterStyle): string {
  const byName = style === 'keywords' || (style === 'auto' && words[0]?.includes('=') === true);
  const text = byName ? `{${words.map(keyword).join(',')}}` : `[${words.map(valueOf).join(',')}]`;
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`Some parameters are malformed JSON: ${redactRunes(text)}`, { cause });
  }
  return text;
}

function keyword(word: string): string {
  const at = word.indexOf('=');
  if (at < 0) throw new UsageError(`Expected key=value in '${redactRunes(word)}'`);
  return `${JSON.stringify(word.slice(0, at))}:${valueOf(word.slice(at + 1))}`;
}

function valueOf(word: string): string {
  return isLiteral(word) ? word : JSON.stringify(word);
}

/** Digits with a leading zero are strings: they can be hex data. */
function isLiteral(word: string): boolean {
  if (/^0[0-9]+$/.test(word)) return false;
  return /^(?:[0-9.]+|true|false|null|\{.*\}|\[.*\]|".*"|")$/s.test(word);
}
