import { parseCommandLine } from '../command-line.ts';
import { parseOptions } from '../command-table/parse-options.ts';
import { RUNE_COMMANDS, RUNE_OPTIONS } from '../command-table/rune-commands.ts';
import { UsageError } from '../usage-error.ts';

/** The name of a command of `clnrest rune`. */
export type RuneCommandName = (typeof RUNE_COMMANDS)[number]['name'];

/** The given options. */
export type OptionValues = ReturnType<typeof parse>['values'];

/**
 * Splits a command line into options and words. Rejects options that the command ignores, because users could take them for
 * restrictions.
 *
 * @throws {UsageError} for an option that is unknown, belongs to another command, or is repeated
 */
export function readOptions(argv: readonly string[], name: RuneCommandName) {
  const { values, positionals, tokens } = parse(argv);
  const allowed = RUNE_COMMANDS.find((command) => command.name === name)?.options ?? {};
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    if (!Object.hasOwn(allowed, token.name)) {
      throw new UsageError(`rune ${name} does not accept --${token.name}`);
    }
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is repeated: give it once`);
    seen.add(token.name);
  }
  return { values, words: positionals };
}

function parse(argv: readonly string[]) {
  return parseCommandLine({
    args: argv,
    allowPositionals: true,
    tokens: true,
    options: parseOptions(RUNE_OPTIONS),
  });
}
