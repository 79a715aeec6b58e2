import type { HelpOption } from './help-option.ts';
import { GATEWAY_OPTIONS } from './options.ts';

const INTRODUCTION = `Usage: clnrest gateway [options]

Serve a node's commands over REST as a separate process, which lightningd does not start. The
gateway has the options, limits and pages of the plugin rest, without the prefix rest-. It needs
the node's socket. Without --redis, the node checks every rune, and the gateway has no
notifications.

Each option can also be a variable, such as CLNREST_RPC_FILE, or a line of the file that --conf
names. The command line takes precedence over variables, and variables over the file.

Options:
`;

const END = `
Log lines go to stdout. SIGTERM stops the gateway, SIGHUP makes it read its certificates again.

Examples:
  clnrest gateway --rpc-file=/run/lightningd/lightning-rpc
  CLNREST_PORT=3020 CLNREST_PROTOCOL=http clnrest gateway --conf=/etc/clnrest.conf

Exit status: 1 if an option is invalid, the gateway cannot listen, or it failed too often.
`;

/** The width of the help, in characters. */
const WIDTH = 96;
const COLUMN = 24;

/** The help of `clnrest gateway`. */
export function gatewayHelp(): string {
  const options: (readonly [string, HelpOption])[] = Object.entries(GATEWAY_OPTIONS);
  const lines = options.map(([name, option]) => describe(name, option));
  return `${INTRODUCTION}${lines.join('')}${entry('-h, --help', 'this help')}${END}`;
}

function describe(name: string, { type, description, multi, ...option }: HelpOption): string {
  const value = type === 'flag' ? '' : `=${type === 'int' ? 'N' : 'VALUE'}`;
  const isShort = String(option.default ?? '').length < 40;
  const notes = [
    ...(option.default !== undefined && isShort ? [`default: ${option.default}`] : []),
    ...(multi === true ? ['repeatable'] : []),
  ];
  const text = notes.length === 0 ? description : `${description} (${notes.join(', ')})`;
  return entry(`--${name}${value}`, text);
}

/** An option and its wrapped description. */
function entry(option: string, text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (COLUMN + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  const indented = lines.join(`\n${' '.repeat(COLUMN)}`);
  const head = `  ${option}`;
  const gap =
    head.length + 2 > COLUMN ? `\n${' '.repeat(COLUMN)}` : ' '.repeat(COLUMN - head.length);
  return `${head}${gap}${indented}\n`;
}
