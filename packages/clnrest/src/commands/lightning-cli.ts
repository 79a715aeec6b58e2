import { InvalidRequestError, RpcClient, RpcError, TransportError } from '@clnrest/lightningd';
import { CLI } from '../command-table/client-commands.ts';
import { printHelp } from '../command-table/help.ts';
import { EXIT } from '../exit-status.ts';
import { format } from '../lightning-cli/format.ts';
import { parseJsonTree } from '../lightning-cli/json-tree.ts';
import { locateSocket } from '../lightning-cli/node-location.ts';
import { parseCliOptions } from '../lightning-cli/options.ts';
import { otherNetworkHint } from '../lightning-cli/other-network.ts';
import { parametersFromWords } from '../lightning-cli/parameters.ts';
import { formatResult } from '../lightning-cli/format-result.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';

/** Runs `clnrest cli`, which follows the rules of lightning-cli. */
export async function lightningCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const options = parseCliOptions(argv);
  if (options.help) {
    printHelp('clnrest cli', CLI, terminal);
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
      return EXIT.failed;
    }
    if (error instanceof TransportError) {
      terminal.error(`clnrest cli: ${error.message}\n`);
      const hint = error.code === 'socket_missing' ? otherNetworkHint(options) : undefined;
      if (hint !== undefined) terminal.error(`clnrest cli: ${hint}\n`);
      return EXIT.unreachable;
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
