import { connect, CONNECTION_HELP } from '../call/connect.ts';
import { tellFailure } from '../call/failure.ts';
import { type CallArguments, parseCallArguments } from '../call/options.ts';
import { parametersFromWords } from '../lightning-cli/parameters.ts';
import { printAnswer } from '../lightning-cli/print-answer.ts';
import { hasRuneForm } from '../rune-form.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const HELP = `Usage: clnrest call [options] METHOD [parameters]

Calls a command of a node over REST, authorised by a rune.

Parameters are by name if the first contains '=' (invoice amount_msat=any …), else by
position. What looks like JSON is sent as it is, anything else as a string.

${CONNECTION_HELP}
  -k, --keywords       parameters are key=value
  -o, --order          parameters are in order
  -J, --json           print JSON (default, but for help)
  -R, --raw            print the answer as it came
  -F, --flat           print x.y[0]=value lines
  -H, --human-readable print text
  -h, --help           this text; METHOD help lists the node's commands

Exit status: 0, 1 for a refusal or an error of the command (printed as JSON), 2 if
the node can't be reached, 3 for a wrong command line.
`;

/** `clnrest call`: what `clnrest cli` does, over REST. */
export async function call(
  argv: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  let given: CallArguments | undefined;
  try {
    given = parseCallArguments(argv);
    if (given.help) {
      terminal.out(HELP);
      return 0;
    }
    const [method, ...words] = given.words;
    if (method === undefined) throw new UsageError('a METHOD is missing; see clnrest call --help');
    // It would stand in the request's URL.
    if (hasRuneForm(method)) throw new UsageError('a rune stands where METHOD should: use --rune');
    const params = parametersFromWords(words, given.style);
    const client = await connect(given.connection, terminal, env);
    const text = await client.callText(method, params);
    const isList = method === 'help' && words.length === 0;
    terminal.out(`${printAnswer(text, given.format, isList)}\n`);
    return 0;
  } catch (error) {
    return tellFailure('call', error, terminal, given?.format === 'raw');
  }
}
