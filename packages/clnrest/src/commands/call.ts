import { createCaller } from '../call/create-client.ts';
import { printFailure } from '../call/print-failure.ts';
import { type CallArguments, parseCallArguments } from '../call/options.ts';
import { CALL } from '../command-table/client-commands.ts';
import { printHelp } from '../command-table/help.ts';
import { parametersFromWords } from '../lightning-cli/parameters.ts';
import { formatResult } from '../lightning-cli/format-result.ts';
import { looksLikeRune } from '../rune-redaction.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Runs `clnrest call`, which calls a command over REST. */
export async function call(
  argv: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  let args: CallArguments | undefined;
  try {
    args = parseCallArguments(argv);
    if (args.help) {
      printHelp('clnrest call', CALL, terminal);
      return 0;
    }
    const [method, ...words] = args.words;
    if (method === undefined) throw new UsageError('METHOD is missing; see clnrest call --help');
    // The method becomes part of the URL, which servers log.
    if (looksLikeRune(method)) {
      throw new UsageError('METHOD is a rune: pass the rune with --rune');
    }
    const params = parametersFromWords(words, args.style);
    const client = await createCaller(args.connection, terminal, env);
    const text = await client.callText(method, params).finally(() => client.close());
    const isList = method === 'help' && words.length === 0;
    terminal.out(`${formatResult(text, args.format, isList)}\n`);
    return 0;
  } catch (error) {
    return printFailure('call', error, terminal, args?.format === 'raw');
  }
}
