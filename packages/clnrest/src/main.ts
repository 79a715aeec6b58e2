import { printHelp } from './command-table/help.ts';
import { COMMANDS, PROGRAM } from './command-table/table.ts';
import { EXIT } from './exit-status.ts';
import { reportFailure } from './report-failure.ts';
import type { Terminal } from './terminal.ts';
import { unknownCommand } from './unknown-command.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from './version.ts';

type Command = (argv: readonly string[], terminal: Terminal) => Promise<number>;

/** Loads only the requested command, so that `clnrest cli` does not load the sandbox's database. */
const LOAD: Readonly<Record<(typeof COMMANDS)[number]['name'], () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).start,
  gateway: async () => (await import('./commands/gateway.ts')).gateway,
  sandbox: async () => (await import('./commands/sandbox.ts')).sandbox,
  cli: async () => (await import('./commands/lightning-cli.ts')).lightningCli,
  call: async () => (await import('./commands/call.ts')).call,
  listen: async () => (await import('./commands/listen.ts')).listen,
  identity: async () => (await import('./commands/identity.ts')).identity,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  rune: async () => (await import('./commands/rune.ts')).runeCommand,
  'install-plugin': async () => (await import('./commands/install-plugin.ts')).installPlugin,
  completion: async () => (await import('./commands/completion.ts')).completion,
};

/** Runs a subcommand, and returns the exit status. Never rejects: it prints a sentence about each error. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    return fail(argv, error, terminal);
  }
}

/** Prints a sentence about an error, and returns the exit status. */
export function fail(argv: readonly string[], error: unknown, terminal: Terminal): number {
  const isKnown = COMMANDS.some(({ name }) => name === argv[0]);
  return reportFailure(isKnown ? (argv[0] ?? '') : '', error, terminal, process.env);
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name = 'help', ...rest] = argv;
  if (name === 'help' || name === '--help' || name === '-h') return help(rest, terminal);
  if (name === '--version' || name === '-V') {
    terminal.out(`${VERSION}\n`);
    return EXIT.ok;
  }
  const entry = COMMANDS.find((command) => command.name === name);
  if (entry === undefined) throw new UsageError(unknownCommand('', name, COMMANDS));
  const command = await LOAD[entry.name]();
  return await command(rest, terminal);
}

/** `clnrest help rune` prints the help of `rune`. */
function help(words: readonly string[], terminal: Terminal): Promise<number> {
  const names = words.filter((word) => !word.startsWith('-'));
  if (names.length > 0) return dispatch([...names, '--help'], terminal);
  printHelp('clnrest', PROGRAM, terminal);
  return Promise.resolve(EXIT.ok);
}
