import { identityOf } from '@clnrest/commando';
import { readIdentity } from '../call/identity-file.ts';
import { parseCommandLine } from '../command-line.ts';
import { IDENTITY } from '../command-table/client-commands.ts';
import { printHelp } from '../command-table/help.ts';
import { parseOptions } from '../command-table/parse-options.ts';
import { printFailure } from '../call/print-failure.ts';
import { EXIT } from '../exit-status.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Runs `clnrest identity`, which creates a private key if necessary and prints its node id. */
export async function identity(
  argv: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  try {
    const { values, positionals } = parseCommandLine({
      args: argv,
      allowPositionals: true,
      options: parseOptions(IDENTITY.options),
    });
    if (values.help === true) {
      printHelp('clnrest identity', IDENTITY, terminal);
      return EXIT.ok;
    }
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) {
      throw new UsageError('give one FILE; see clnrest identity --help');
    }
    terminal.out(`${identityOf(readIdentity(file, env)).nodeId}\n`);
    return EXIT.ok;
  } catch (error) {
    return printFailure('identity', error, terminal);
  }
}
