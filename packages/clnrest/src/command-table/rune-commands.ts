import { type CommandEntry, HELP, type OptionEntries } from './entry.ts';

const RUNE =
  'RUNE is base64, createrune\'s JSON, LIGHTNING_RUNE="…", a pairing link, or 64 hex digits, a colon and restrictions; - reads it from stdin.';
const RESTRICTION = `Each RESTRICTION is a word such as 'method=getinfo' or 'method^list|method=summary'; or readonly; or JSON as for createrune, '[["method=invoice"],["rate=60"]]'.`;

const SECRET = {
  'secret-file': {
    value: 'FILE',
    help: "file with the node's rune secret in hex (makesecret string=commando), - for stdin",
    completes: 'file',
  },
  secret: { value: 'HEX', help: 'the secret itself (visible to other local users)' },
} as const satisfies OptionEntries;

const TIME = {
  time: { value: 'T', help: 'time of the call, in seconds since 1970 (default: now)' },
} as const satisfies OptionEntries;

const CALL = {
  method: { value: 'M', help: 'command of the call (default: none)' },
  params: { value: 'JSON', help: 'parameters of the call, an object or array (default: none)' },
  nodeid: { value: 'ID', help: 'id of the peer that calls (default: none)' },
  ...TIME,
  'last-used': {
    value: 'T',
    help: "time of the rune's last use, in seconds since 1970, or never (default: unknown, which fails rate and per)",
    completes: ['never'],
  },
} as const satisfies OptionEntries;

const OUTPUT = {
  json: { help: 'JSON output (default: text)' },
  ...HELP,
} as const satisfies OptionEntries;

const ID = { id: { value: 'N', help: 'unique id of the rune (default: 0)' } } as const;

/** The options of all commands of `clnrest rune`. */
export const RUNE_OPTIONS = { ...SECRET, ...ID, ...CALL, ...OUTPUT };

export const RUNE_COMMANDS = [
  {
    name: 'create',
    summary: 'create a rune from the secret',
    usage: '--secret-file=FILE [options] [RESTRICTION …]',
    description: ["Create a rune from the node's rune secret, without the node.", RESTRICTION],
    options: { ...SECRET, ...ID, ...OUTPUT },
    examples: ['clnrest rune create --secret-file=secret --id=7 method=getinfo'],
    statuses: {},
  },
  {
    name: 'restrict',
    summary: 'create a narrower rune; needs no secret',
    usage: '[options] RUNE RESTRICTION …',
    description: [
      'Create a narrower rune from a rune. This needs no secret. What lint finds goes to stderr.',
      RUNE,
      RESTRICTION,
    ],
    options: OUTPUT,
    examples: ["clnrest rune restrict - readonly 'per=10sec' < rune.txt"],
    statuses: {},
  },
  {
    name: 'decode',
    summary: "print the contents in lightningd's format",
    usage: '[options] RUNE',
    description: ["Print the contents of a rune in lightningd's format.", RUNE],
    options: { ...TIME, ...OUTPUT },
    examples: ['clnrest rune decode - < rune.txt'],
    statuses: { 1: 'the restrictions are not valid UTF-8' },
  },
  {
    name: 'explain',
    summary: 'explain the restrictions; with --method, which of them allow the call',
    usage: '[options] RUNE',
    description: [
      'Explain the restrictions of a rune in words. With --method, show for a call which of them allow it.',
      RUNE,
    ],
    options: { ...CALL, ...OUTPUT },
    examples: ['clnrest rune explain - --method=pay < rune.txt'],
    statuses: { 1: 'the restrictions refuse the call' },
  },
  {
    name: 'check',
    summary: 'check whether the node would allow the call',
    usage: '--secret-file=FILE --method=M [options] RUNE',
    description: [
      'Check whether the node would allow a call with a rune, without the node. The check covers the secret and the restrictions, but not the blacklist.',
      RUNE,
    ],
    options: { ...SECRET, ...CALL, ...OUTPUT },
    examples: ['clnrest rune check --secret-file=secret - --method=getinfo < rune.txt'],
    statuses: { 1: 'the rune does not allow the call' },
  },
  {
    name: 'lint',
    summary: 'find what can drain the node, and likely mistakes',
    usage: '[options] RUNE',
    description: [
      'Find what can drain the node, and likely mistakes in the restrictions of a rune.',
      RUNE,
    ],
    options: { ...TIME, ...OUTPUT },
    examples: ['clnrest rune lint - < rune.txt'],
    statuses: { 1: 'lint finds a danger or a mistake' },
  },
] as const satisfies readonly CommandEntry[];

export const RUNE_GROUP = {
  name: 'rune',
  summary: 'create, restrict, decode, explain, check and lint runes offline',
  usage: 'COMMAND …',
  description: ['Create, restrict, decode, explain, check and lint runes, without a node.'],
  options: HELP,
  moreOptions:
    'Each command accepts only the options that apply to it, each at most once; see clnrest rune COMMAND --help.',
  examples: RUNE_COMMANDS.flatMap(({ examples }) => examples),
  statuses: { 1: 'the rune is refused, or lint finds a mistake' },
  commands: RUNE_COMMANDS,
} as const satisfies CommandEntry;
