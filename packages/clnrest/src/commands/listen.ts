import { CONNECTION_HELP } from '../call/connection-help.ts';
import { createClient } from '../call/create-client.ts';
import { printFailure } from '../call/print-failure.ts';
import { parseListenArguments } from '../call/options.ts';
import type { Terminal } from '../terminal.ts';

const HELP = `Usage: clnrest listen [options]

Print notifications from the node, one JSON object per line, until interrupted. Connection
changes go to stderr. After a disconnect, the command reconnects and requests missed notifications.

Options:
  --topics=A,B         topics to subscribe to, such as invoice_payment,forward_event
                       (default: all)
${CONNECTION_HELP}
  -h, --help           this help

Examples:
  CLNREST_RUNE=… clnrest listen
  clnrest listen --rune-file=rune.txt --topics=invoice_payment

Exit status: 1 if the rune does not allow the subscription or stops allowing it (the error is
printed as JSON), 2 if the node is not reachable, 3 if the command line is invalid.
`;

/** Runs `clnrest listen`, which prints notifications until it is interrupted. */
export async function listen(
  argv: readonly string[],
  terminal: Terminal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  try {
    const { connection, topics, help } = parseListenArguments(argv);
    if (help) {
      terminal.out(HELP);
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
