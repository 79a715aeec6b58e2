import { printHelp } from '../command-table/help.ts';
import { COMPLETION } from '../command-table/node-commands.ts';
import { parseOptions } from '../command-table/parse-options.ts';
import { suggest } from '../command-table/suggest.ts';
import { PROGRAM } from '../command-table/table.ts';
import { parseCommandLine } from '../command-line.ts';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { furtherCompletions } from '../completion/further.ts';
import { completedCommands } from '../completion/shell-words.ts';
import { zshScript } from '../completion/zsh.ts';
import { EXIT } from '../exit-status.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** Runs `clnrest completion`, which prints a completion script for a shell. */
export function completion(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseCommandLine({
    args: argv,
    allowPositionals: true,
    options: parseOptions(COMPLETION.options),
  });
  if (values.help === true) {
    printHelp('clnrest completion', COMPLETION, terminal);
    return Promise.resolve(EXIT.ok);
  }
  const [shell = '', ...more] = positionals;
  if (!isShell(shell) || more.length > 0) {
    const similar = suggest(shell, Object.keys(SCRIPTS));
    const hint = similar === undefined ? '' : `; did you mean ${similar}?`;
    throw new UsageError(`give one shell: bash, zsh or fish${hint}`);
  }
  terminal.out(SCRIPTS[shell](completedCommands(PROGRAM, furtherCompletions())));
  return Promise.resolve(EXIT.ok);
}

function isShell(word: string): word is keyof typeof SCRIPTS {
  return Object.hasOwn(SCRIPTS, word);
}
