import { text } from 'node:stream/consumers';
import { RuneSyntaxError } from '@clnrest/runes';
import { redactRunes } from './rune-redaction.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

const HELP = `Usage: clnrest COMMAND …

Serve Core Lightning's commands over REST, authorised by runes, and develop without a real node.

Commands:
  start    start a sandbox with the REST server on port 3010
  gateway  serve a node's commands over REST as a separate process
  sandbox  run a development node with lightningd's socket and plugins
  cli      call a command over the node's socket, as lightning-cli does
  call     call a command over REST
  listen   print notifications from the node
  doctor   diagnose connection problems
  rune     create, restrict, decode, explain, check and lint runes offline

Options:
  -V, --version  version of clnrest
  -h, --help     this help

Example:
  clnrest start

Run clnrest COMMAND --help for the options of a command.
`;

type Command = (argv: readonly string[], terminal: Terminal) => Promise<number>;

/** Loads only the requested command, so that `clnrest cli` does not load the sandbox's database. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).start,
  gateway: async () => (await import('./commands/gateway.ts')).gateway,
  sandbox: async () => (await import('./commands/sandbox.ts')).sandbox,
  cli: async () => (await import('./commands/lightning-cli.ts')).lightningCli,
  call: async () => (await import('./commands/call.ts')).call,
  listen: async () => (await import('./commands/listen.ts')).listen,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  rune: async () => (await import('./commands/rune.ts')).runeCommand,
};

async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name = 'help', ...rest] = argv;
  if (name === 'help' || name === '--help' || name === '-h') {
    terminal.out(HELP);
    return 0;
  }
  if (name === '--version' || name === '-V') {
    terminal.out(`${VERSION}\n`);
    return 0;
  }
  const shownName = redactRunes(name);
  try {
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (load === undefined) throw new UsageError(`unknown command; see clnrest --help`);
    return await (
      await load()
    )(rest, terminal);
  } catch (error) {
    if (error instanceof UsageError || error instanceof RuneSyntaxError) {
      terminal.error(`clnrest ${shownName}: ${error.message}\n`);
      return name === 'cli' ? 3 : 1;
    }
    throw error;
  }
}

// A reader such as `head` can close the pipe early, which is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await main(process.argv.slice(2), {
  out: (line) => void process.stdout.write(line),
  error: (line) => void process.stderr.write(line),
  input: () => text(process.stdin),
  isInteractive: process.stdout.isTTY,
});
