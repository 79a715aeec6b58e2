import { GATEWAY_OPTIONS, type GatewayOption } from '../gateway/option-table.ts';
import { type CommandEntry, HELP, type OptionEntry } from './entry.ts';

/** Longer defaults are not shown. */
const MAX_DEFAULT = 40;

function optionEntry({
  type,
  description,
  value = type === 'int' ? 'N' : 'VALUE',
  completes,
  multi,
  ...option
}: GatewayOption): OptionEntry {
  const shown = String(option.default ?? '');
  const notes = [
    ...(shown !== '' && shown.length < MAX_DEFAULT ? [`default: ${shown}`] : []),
    ...(multi === true ? ['repeatable'] : []),
  ];
  // Acronyms such as REST stay.
  const help = description.replace(/^[A-Z](?![A-Z])/, (first) => first.toLowerCase());
  return {
    ...(type !== 'flag' && { value }),
    help: notes.length === 0 ? help : `${help} (${notes.join('; ')})`,
    ...(completes !== undefined && { completes }),
  };
}

export const GATEWAY = {
  name: 'gateway',
  summary: "serve a node's commands over REST as a separate process",
  usage: '[options]',
  description: [
    "Serve a node's commands over REST as a separate process, which lightningd does not start. The gateway has the options, limits and pages of the plugin rest, without the prefix rest-, and needs only the node's socket. Without --redis, the node checks every rune, and the gateway has no notifications.",
    'Each option can also be a variable, such as CLNREST_RPC_FILE, or a line of the file that --conf names. The command line takes precedence over variables, and variables over the file.',
    'Log lines go to stdout. SIGTERM stops the gateway, SIGHUP makes it read its certificates again.',
  ],
  options: {
    ...Object.fromEntries(
      Object.entries<GatewayOption>(GATEWAY_OPTIONS).map(([name, option]) => [
        name,
        optionEntry(option),
      ]),
    ),
    ...HELP,
  },
  examples: [
    'clnrest gateway --rpc-file=/run/cln/rpc',
    'clnrest gateway --conf=/etc/clnrest.conf --port=3020',
  ],
  statuses: {
    0: 'stopped by a signal',
    1: 'the gateway cannot listen, failed too often, or the node has another network',
  },
} as const satisfies CommandEntry;
