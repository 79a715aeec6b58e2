import { CALL, CLI, DOCTOR, IDENTITY, LISTEN } from './client-commands.ts';
import { type CommandEntry, HELP } from './entry.ts';
import { GATEWAY } from './gateway-command.ts';
import { COMPLETION, INSTALL_PLUGIN, SANDBOX, START } from './node-commands.ts';
import { RUNE_GROUP } from './rune-commands.ts';

/** All subcommands, in the order of the help. */
export const COMMANDS = [
  START,
  GATEWAY,
  SANDBOX,
  CLI,
  CALL,
  LISTEN,
  IDENTITY,
  DOCTOR,
  RUNE_GROUP,
  INSTALL_PLUGIN,
  COMPLETION,
] as const satisfies readonly CommandEntry[];

/** The program itself. */
export const PROGRAM: CommandEntry = {
  name: '',
  summary: 'serve and use Core Lightning over REST',
  usage: 'COMMAND …',
  description: [
    "Serve Core Lightning's commands over REST, authorised by runes, and develop without a real node.",
  ],
  options: { version: { short: 'V', help: 'version of clnrest' }, ...HELP },
  moreOptions: 'Run clnrest COMMAND --help for the options of a command.',
  examples: ['clnrest start'],
  statuses: {},
  commands: COMMANDS,
};
