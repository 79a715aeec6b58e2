import { CONNECTION_HELP } from '../call/connection-help.ts';
import { createClient } from '../call/create-client.ts';
import { printFailure } from '../call/print-failure.ts';
import { type CallArguments, parseCallArguments } from '../call/options.ts';
import { parametersFromWords } from '../lightning-cli/parameters.ts';
import { formatResult } from '../lightning-cli/format-result.ts';
import { looksLikeRune } from '../rune-redaction.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const HELP = `Usage: clnrest call [options] METHOD [parameters]

Call a command over REST, authorised by a rune. METHOD help lists the node's commands.

If the first parameter contains '=', all parameters are key=value; otherwise they are by
position. Parameters that look like JSON are sent unchanged, others as strings.

Options:
${CONNECTION_HELP}
  -k, --keywords       parameters as key=value (default: depends on the first parameter)
  -o, --order          parameters by position (default: depends on the first parameter)
  -J, --json           indented JSON output (default, except for METHOD help)
  -R, --raw            unchanged output
  -F, --flat           output as x.y[0]=value lines
  -H, --human-readable output as text (default for METHOD help)
  -h, --help           this help

Examples:
  CLNREST_RUNE=… clnrest call getinfo
  clnrest call --rune-file=rune.txt invoice amount_msat=10000 label=one description=test

Exit status: 0 on success, 1 if the gateway or the node refuses the call or the command fails
(the error is printed as JSON), 2 if the node is not reachable, 3 if the command line is invalid.
`;

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
      terminal.out(HELP);
      return 0;
    }
    const [method, ...words] = args.words;
    if (method === undefined) throw new UsageError('METHOD is missing; see clnrest call --help');
    // The method becomes part of the URL, which servers log.
    if (looksLikeRune(method)) {
      throw new UsageError('METHOD is a rune: pass the rune with --rune');
    }
    const params = parametersFromWords(words, args.style);
    const client = await createClient(args.connection, terminal, env);
    const text = await client.callText(method, params);
    const isList = method === 'help' && words.length === 0;
    terminal.out(`${formatResult(text, args.format, isList)}\n`);
    return 0;
  } catch (error) {
    return printFailure('call', error, terminal, args?.format === 'raw');
  }
}
