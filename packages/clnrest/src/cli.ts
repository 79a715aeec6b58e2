import { text } from 'node:stream/consumers';
import { RuneSyntaxError } from '@clnrest/runes';
import { withoutRunes } from './rune-form.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

const HELP = `Usage: clnrest COMMAND …

Core Lightning's commands as REST, authorised by runes; and a node to develop against.

  start    a sandbox with the REST server on port 3010, ready to try
  sandbox  a development node that speaks lightningd's socket and hosts its plugins
  cli      call a node's command over its socket, by lightning-cli's rules
  call     call it over REST, with a rune
  listen   print what a node tells, as it happens
  doctor   find out why that does not work, and what to do
  rune     make, narrow, read and judge runes, without a node

clnrest COMMAND --help tells more. clnrest --version prints the version.
`;

type Command = (argv: readonly string[], terminal: Terminal) => Promise<number>;

/** Each is loaded when it is asked for: `clnrest cli` need not wait for a database. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).start,
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
  const shown = withoutRunes(name);
  try {
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (load === undefined) throw new UsageError(`no such command: ${shown}; see clnrest --help`);
    return await (
      await load()
    )(rest, terminal);
  } catch (error) {
    if (error instanceof UsageError || error instanceof RuneSyntaxError) {
      terminal.error(`clnrest ${shown}: ${error.message}\n`);
      return name === 'cli' ? 3 : 1;
    }
    throw error;
  }
}

// A reader that has seen enough (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1);
});

process.exitCode = await main(process.argv.slice(2), {
  out: (line) => void process.stdout.write(line),
  error: (line) => void process.stderr.write(line),
  input: () => text(process.stdin),
  isPerson: process.stdout.isTTY,
});
