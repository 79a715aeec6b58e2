import { InvalidRequestError, RpcClient, RpcError, TransportError } from '@clnrest/lightningd';
import { format } from '../lightning-cli/format.ts';
import { parseJsonTree } from '../lightning-cli/json-tree.ts';
import { locateSocket } from '../lightning-cli/node-location.ts';
import { parseCliOptions } from '../lightning-cli/options.ts';
import { otherNetworkHint } from '../lightning-cli/other-network.ts';
import { parametersFromWords } from '../lightning-cli/parameters.ts';
import { printAnswer } from '../lightning-cli/print-answer.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const HELP = `Usage: clnrest cli [options] METHOD [parameters]

Calls a command of a node over its socket: a sandbox's or lightningd's.

Parameters are by name if the first contains '=' (createrune restrictions=readonly), else
by position. What looks like JSON is sent as it is, anything else as a string.

  --lightning-dir=DIR  where the node lives (default: ~/.lightning)
  --network=NAME       or --regtest, --testnet, --signet, --mainnet (default: bitcoin)
  --rpc-file=FILE      the socket (default: lightning-rpc)
  --conf=FILE          a configuration file that tells these
  -k, --keywords       parameters are key=value
  -o, --order          parameters are in order
  -J, --json           print JSON (default, but for help)
  -R, --raw            print the answer as it came
  -F, --flat           print x.y[0]=value lines
  -H, --human-readable print text
  -l, --filter=JSON    ask for some members only, such as {"id":true}
  -h, --help           this text; METHOD help lists the node's commands

Exit status: 0, 1 for an error of the command (printed as JSON), 2 if the node can't be
reached, 3 for a wrong command line.
`;

const FROM_NODE = 1;
const NO_NODE = 2;

/** `clnrest cli`: lightning-cli's job, by its rules. */
export async function lightningCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const options = parseCliOptions(argv);
  if (options.help) {
    terminal.out(HELP);
    return 0;
  }
  const [method = 'help', ...words] = options.words;
  const params = parametersFromWords(words, options.style);
  const client = new RpcClient({ socketPath: locateSocket(options) });
  try {
    const id = `cli:${method.replace(/[^\w-]/g, '!')}#${process.pid}`;
    const text = await client.callText(method, params, { id, filter: options.filter });
    terminal.out(`${printAnswer(text, options.format, method === 'help' && words.length === 0)}\n`);
    return 0;
  } catch (error) {
    if (error instanceof RpcError) {
      const text = errorText(error);
      const as = options.format === 'raw' ? 'raw' : 'json';
      terminal.out(`${format(parseJsonTree(text), text, as)}\n`);
      return FROM_NODE;
    }
    if (error instanceof TransportError) {
      terminal.error(`clnrest cli: ${error.message}\n`);
      const hint = error.code === 'socket_missing' ? otherNetworkHint(options) : undefined;
      if (hint !== undefined) terminal.error(`clnrest cli: ${hint}\n`);
      return NO_NODE;
    }
    if (error instanceof InvalidRequestError) throw new UsageError(error.message, { cause: error });
    throw error;
  } finally {
    await client.close();
  }
}

function errorText({ code, message, dataText }: RpcError): string {
  const data = dataText === undefined ? '' : `,"data":${dataText}`;
  return `{"code":${code},"message":${JSON.stringify(message)}${data}}`;
}
