import { InvalidRequestError, RpcClient, RpcError, TransportError } from '@clnrest/lightningd';
import { format } from '../lightning-cli/format.ts';
import { parseJsonTree } from '../lightning-cli/json-tree.ts';
import { locateSocket } from '../lightning-cli/node-location.ts';
import { parseCliOptions } from '../lightning-cli/options.ts';
import { otherNetworkHint } from '../lightning-cli/other-network.ts';
import { parametersFromWords } from '../lightning-cli/parameters.ts';
import { formatResult } from '../lightning-cli/format-result.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

const HELP = `Usage: clnrest cli [options] METHOD [parameters]

Call a command over the socket of lightningd or the sandbox, as lightning-cli does. METHOD help
lists the node's commands.

If the first parameter contains '=', all parameters are key=value; otherwise they are by
position. Parameters that look like JSON are sent unchanged, others as strings.

Options:
  --lightning-dir=DIR  directory of the node (default: ~/.lightning)
  --network=NAME       network of the node (default: bitcoin); also as --regtest,
                       --testnet, --signet, --mainnet
  --rpc-file=FILE      socket of the node (default: lightning-rpc)
  --conf=FILE          configuration file of the node (default: config in the directories
                       of the node and the network)
  -k, --keywords       parameters as key=value (default: depends on the first parameter)
  -o, --order          parameters by position (default: depends on the first parameter)
  -J, --json           indented JSON output (default, except for METHOD help)
  -R, --raw            unchanged output
  -F, --flat           output as x.y[0]=value lines
  -H, --human-readable output as text (default for METHOD help)
  -l, --filter=JSON    members of the result to return, such as {"id":true} (default: all)
  -h, --help           this help

Examples:
  clnrest cli --regtest getinfo
  clnrest cli --regtest createrune restrictions=readonly

Exit status: 0 on success, 1 if the command fails (the error is printed as JSON), 2 if the node
is not reachable, 3 if the command line is invalid.
`;

const COMMAND_FAILED = 1;
const NO_CONNECTION = 2;

/** Runs `clnrest cli`, which follows the rules of lightning-cli. */
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
    terminal.out(
      `${formatResult(text, options.format, method === 'help' && words.length === 0)}\n`,
    );
    return 0;
  } catch (error) {
    if (error instanceof RpcError) {
      const text = errorText(error);
      const as = options.format === 'raw' ? 'raw' : 'json';
      terminal.out(`${format(parseJsonTree(text), text, as)}\n`);
      return COMMAND_FAILED;
    }
    if (error instanceof TransportError) {
      terminal.error(`clnrest cli: ${error.message}\n`);
      const hint = error.code === 'socket_missing' ? otherNetworkHint(options) : undefined;
      if (hint !== undefined) terminal.error(`clnrest cli: ${hint}\n`);
      return NO_CONNECTION;
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
