import { parseCommandLine } from '../command-line.ts';
import { UsageError } from '../usage-error.ts';
import { printable } from './printable.ts';

/** The options of all commands of `clnrest rune`. */
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

/** The given options. */
export type OptionValues = ReturnType<typeof parse>['values'];

/**
 * Splits a command line into options and words. Rejects options that the command ignores, because users could take them for
 * restrictions.
 *
 * @param allowed the command's options besides `--json` and `--help`
 * @throws {UsageError} for an option that is unknown, belongs to another command, or is repeated
 */
export function readOptions(argv: readonly string[], name: string, allowed: readonly OptionName[]) {
  const { values, positionals, tokens } = parse(argv);
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (!['json', 'help', ...allowed].includes(token.name)) {
      throw new UsageError(`rune ${printable(name)} does not accept --${token.name}`);
    }
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is repeated: give it once`);
    seen.add(token.name);
  }
  return { values, words: positionals };
}

function parse(argv: readonly string[]) {
  return parseCommandLine({ args: argv, allowPositionals: true, tokens: true, options: OPTIONS });
}
