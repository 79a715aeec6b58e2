import { type CommandEntry, HELP } from './entry.ts';

/** The port of the REST server of `clnrest start`. */
export const START_PORT = '3010';

const DIRECTORY = {
  'lightning-dir': {
    value: 'DIR',
    help: 'directory of the node (default: ~/.lightning)',
    completes: 'directory',
  },
} as const;

export const START = {
  name: 'start',
  summary: `start a sandbox with the REST server on port ${START_PORT}`,
  usage: '[options]',
  description: [
    'Start a sandbox node with the REST server, and print its URL, its certificate authority, a rune that stays the same, and commands to paste. The sandbox is a development node, not a Lightning node: it never moves real money. Its log goes to stderr.',
  ],
  options: {
    'rest-port': { value: 'PORT', help: `port of the REST server (default: ${START_PORT})` },
    ...DIRECTORY,
    ...HELP,
  },
  moreOptions: 'All other options of clnrest sandbox also apply; see clnrest sandbox --help.',
  examples: ['clnrest start', 'clnrest start --rest-port=3020 --lightning-dir=/tmp/lightning'],
  statuses: { 0: 'stopped by a signal', 1: 'the node or the REST server does not start' },
} as const satisfies CommandEntry;

export const SANDBOX = {
  name: 'sandbox',
  summary: "run a development node with lightningd's socket and plugins",
  usage: '[options]',
  description: [
    "Run a development node with lightningd's socket, plugin protocol, options and log. It is not a Lightning node: it simulates its chain and its peers, and never moves real money.",
  ],
  options: {
    ...DIRECTORY,
    network: {
      value: 'NAME',
      help: 'network to simulate (default: regtest)',
      completes: ['regtest', 'signet', 'testnet', 'testnet4'],
    },
    'rest-port': {
      value: 'PORT',
      help: 'port of the REST server (default: the REST server does not start)',
    },
    version: { short: 'V', help: 'version of the sandbox' },
    ...HELP,
  },
  moreOptions:
    'All other options are those of lightningd and of the plugins; clnrest sandbox --help lists them.',
  examples: ['clnrest sandbox --rest-port=3010', 'clnrest sandbox --plugin=/path/to/plugin'],
  statuses: { 0: 'stopped by a signal or by the command stop', 1: 'the node does not start' },
} as const satisfies CommandEntry;

export const INSTALL_PLUGIN = {
  name: 'install-plugin',
  summary: 'copy the REST plugin to where lightningd finds it',
  usage: '[options]',
  description: [
    'Copy the plugin to plugins/rest in the directory of the node, and print the lines for its configuration. The plugin is one file, and needs only Node.js.',
    'If another version is there, it is replaced in one step and kept as plugins/rest~, also while lightningd runs. The new version runs after the next start of lightningd.',
  ],
  options: { ...DIRECTORY, ...HELP },
  examples: ['clnrest install-plugin', 'clnrest install-plugin --lightning-dir=/srv/lightning'],
  statuses: {
    1: 'the file cannot be written, for example because the disk is full',
    3: 'the directory does not exist or is not writable, or another file has its name',
  },
} as const satisfies CommandEntry;

export const COMPLETION = {
  name: 'completion',
  summary: 'print a completion script for a shell',
  usage: 'SHELL',
  description: [
    'Print a script that completes subcommands, options and files of clnrest. SHELL is bash, zsh or fish.',
    'bash and zsh: add the line of the example to ~/.bashrc or ~/.zshrc. In zsh, the line must come after compinit.',
    'fish: write the script to ~/.config/fish/completions/clnrest.fish.',
  ],
  options: HELP,
  arguments: ['bash', 'zsh', 'fish'],
  examples: ['eval "$(clnrest completion bash)"', 'clnrest completion fish > clnrest.fish'],
  statuses: {},
} as const satisfies CommandEntry;
