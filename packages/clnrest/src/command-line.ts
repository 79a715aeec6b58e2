import { parseArgs, type ParseArgsConfig } from 'node:util';
import { hasRuneForm, withoutRunes } from './rune-form.ts';
import { visible } from './rune/visible.ts';
import { UsageError } from './usage-error.ts';

/** No argument of a program can hold it, so what it stands before is neither an option nor a word of its own. */
const COVER = '\0';

/**
 * Node's `parseArgs`, to which a rune is a value wherever it stands: one in 64 begins with `-`.
 *
 * @param refusal what to say of a wrong command line, where Node's words would repeat what must not be
 * @throws {UsageError}
 */
export function parseCommandLine<T extends ParseArgsConfig & { readonly args: readonly string[] }>(
  config: T,
  refusal?: string,
): ReturnType<typeof parseArgs<T>> {
  try {
    const parsed = parseArgs<T>({ ...config, args: config.args.map(covered) });
    uncover(parsed);
    return parsed;
  } catch (cause) {
    // Node has no class for what it does not understand.
    if (!(cause instanceof TypeError)) throw cause;
    throw new UsageError(refusal ?? inShort(cause.message), { cause });
  }
}

function covered(word: string): string {
  return word.startsWith('-') && hasRuneForm(word) ? `${COVER}${word}` : word;
}

/** Takes the covers off, in values, words and tokens. */
function uncover(part: object): void {
  const entries: [string, unknown][] = Object.entries(part);
  for (const [key, value] of entries) {
    if (typeof value === 'object' && value !== null) uncover(value);
    else if (typeof value === 'string') Reflect.set(part, key, value.replace(COVER, ''));
  }
}

/** Node's words on one line, but for advice that repeats what was not understood. */
function inShort(message: string): string {
  const [sentence = ''] = message
    .replaceAll(COVER, '')
    .replaceAll('\n', ' ')
    .split(/\. (?=To )/);
  return visible(withoutRunes(sentence));
}
