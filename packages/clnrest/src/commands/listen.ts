import { createClient } from '../call/create-client.ts';
import { printFailure } from '../call/print-failure.ts';
import { parseListenArguments } from '../call/options.ts';
import { LISTEN } from '../command-table/client-commands.ts';
import { printHelp } from '../command-table/help.ts';
import type { Terminal } from '../terminal.ts';

/** Runs `clnrest listen`, which prints notifications until it is interrupted. */
export async function listen(
  argv: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  try {
    const { connection, topics, help } = parseListenArguments(argv);
    if (help) {
      printHelp('clnrest listen', LISTEN, terminal);
      return 0;
    }
    const client = await createClient(connection, terminal, env);
    const notifications = client.notifications({
      topics,
      onConnect: () => terminal.error('clnrest listen: subscribed\n'),
      onDisconnect: ({ message }) => terminal.error(`clnrest listen: ${message}; reconnecting\n`),
    });
    for await (const event of notifications) {
      if (event.type === 'notification') terminal.out(`${event.text}\n`);
      else terminal.error(`clnrest listen: ${event.message}\n`);
    }
    return 0;
  } catch (error) {
    return printFailure('listen', error, terminal);
  }
}
