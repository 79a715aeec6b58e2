import { parseArgs, type ParseArgsConfig } from 'node:util';
import { suggest } from './command-table/suggest.ts';
import { looksLikeRune, redactRunes } from './rune-redaction.ts';
import { printable } from './rune/printable.ts';
import { UsageError } from './usage-error.ts';

/** Marks runes for `parseArgs`; program arguments cannot contain NUL. */
const MARK = '\0';

/**
 * Wraps Node's `parseArgs` so that a rune is always a value, never an option: one rune in 64 begins with `-`.
 *
 * @param message replaces Node's error message, which can quote a secret
 * @throws {UsageError}
 */
export function parseCommandLine<T extends ParseArgsConfig & { readonly args: readonly string[] }>(
  config: T,
  message?: string,
): ReturnType<typeof parseArgs<T>> {
  try {
    const parsed = parseArgs<T>({ ...config, args: config.args.map(mark) });
    unmark(parsed);
    return parsed;
  } catch (cause) {
    // parseArgs throws plain TypeErrors.
    if (!(cause instanceof TypeError)) throw cause;
    const hint = suggestion(cause, Object.keys(config.options ?? {}));
    throw new UsageError(`${message ?? shorten(cause.message)}${hint}`, { cause });
  }
}

/** Returns the option that was most likely meant. It is one of ours, so that it shows no secret. */
function suggestion(error: TypeError, names: readonly string[]): string {
  if (!('code' in error) || error.code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return '';
  const typed = /'--([^'=]+)/.exec(error.message)?.[1];
  const similar = typed === undefined ? undefined : suggest(typed, names);
  return similar === undefined ? '' : `; did you mean --${similar}?`;
}

function mark(word: string): string {
  return word.startsWith('-') && looksLikeRune(word) ? `${MARK}${word}` : word;
}

/** Removes the marks from values, positionals and tokens, in place. */
function unmark(part: object): void {
  const entries: [string, unknown][] = Object.entries(part);
  for (const [key, value] of entries) {
    if (typeof value === 'object' && value !== null) unmark(value);
    else if (typeof value === 'string') Reflect.set(part, key, value.replace(MARK, ''));
  }
}

/** Returns Node's message on one line, without the advice, which quotes the argument. */
function shorten(message: string): string {
  const [sentence = ''] = message
    .replaceAll(MARK, '')
    .replaceAll('\n', ' ')
    .split(/\. (?=To )/);
  return printable(redactRunes(sentence));
}
