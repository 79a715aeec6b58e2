import { parseCommandLine } from '../command-line.ts';
import { UsageError } from '../usage-error.ts';
import { visible } from './visible.ts';

/** All options that some command of `clnrest rune` takes. */
const OPTIONS = {
  secret: { type: 'string' },
  'secret-file': { type: 'string' },
  id: { type: 'string' },
  method: { type: 'string' },
  params: { type: 'string' },
  nodeid: { type: 'string' },
  time: { type: 'string' },
  'last-used': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The name of an option of `clnrest rune`. */
export type OptionName = keyof typeof OPTIONS;

/** Options that were given, each once. */
export type OptionValues = ReturnType<typeof parse>['values'];

/**
 * Splits a command line into options and words. What a command does not look at is refused: an option
 * that does nothing is a restriction that somebody believes in.
 *
 * @param allowed besides `--json` and `--help`
 * @throws {UsageError} for an unknown option, one of another command, and one that is given twice
 */
export function readOptions(argv: readonly string[], name: string, allowed: readonly OptionName[]) {
  const { values, positionals, tokens } = parse(argv);
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (!['json', 'help', ...allowed].includes(token.name)) {
      throw new UsageError(`--${token.name} is no option of rune ${visible(name)}`);
    }
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is given twice`);
    seen.add(token.name);
  }
  return { values, words: positionals };
}

function parse(argv: readonly string[]) {
  return parseCommandLine({ args: argv, allowPositionals: true, tokens: true, options: OPTIONS });
}
