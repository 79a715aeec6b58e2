import { connect, CONNECTION_HELP } from '../call/connect.ts';
import { tellFailure } from '../call/failure.ts';
import { parseListenArguments } from '../call/options.ts';
import type { Terminal } from '../terminal.ts';

const HELP = `Usage: clnrest listen [options]

Prints what a node tells, as it happens, one JSON a line; on stderr, when it begins to
listen. A connection that breaks is made again, and what was told meanwhile is asked for.

  --topics=A,B         only these, such as invoice_payment,forward_event
${CONNECTION_HELP}
  -h, --help           this text

Exit status: 1 where the rune may not hear, or no more (printed as JSON), 2 if the
node can't be reached, 3 for a wrong command line.
`;

/** `clnrest listen`: notifications, until somebody ends it. */
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
    const client = await connect(connection, terminal, env);
    const notifications = client.notifications({
      topics,
      onConnect: () => terminal.error('clnrest listen: listening\n'),
      onDisconnect: ({ message }) => terminal.error(`clnrest listen: ${message}; trying again\n`),
    });
    for await (const told of notifications) {
      if (told.type === 'notification') terminal.out(`${told.text}\n`);
      else terminal.error(`clnrest listen: ${told.message}\n`);
    }
    return 0;
  } catch (error) {
    return tellFailure('listen', error, terminal);
  }
}
