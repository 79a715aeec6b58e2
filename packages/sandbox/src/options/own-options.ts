import { parseLogLevel } from '../log/level.ts';
import type { OptionDefinition } from './definition.ts';
import { isNetworkName } from './network.ts';
import {
  aliasProblem,
  boolProblem,
  intProblem,
  modeProblem,
  rgbProblem,
  secretProblem,
  u32Problem,
} from './values.ts';

function logLevelProblem(text: string): string | undefined {
  const [level = ''] = text.split(':', 1);
  return parseLogLevel(level) === undefined ? `unknown log level ${level}` : undefined;
}

function networkProblem(text: string): string | undefined {
  return isNetworkName(text) ? undefined : `Unknown network name '${text}'`;
}

/** The options that have an effect, in the order of `listconfigs`. */
const SUPPORTED: readonly OptionDefinition[] = [
  {
    name: 'developer',
    kind: 'flag',
    hidden: true,
    description: 'Tell plugins to be in developer mode, disable legacy APIs',
  },
  {
    name: 'conf',
    kind: 'string',
    placeholder: '<file>',
    description: 'Specify configuration file',
  },
  {
    name: 'lightning-dir',
    kind: 'string',
    placeholder: '<dir>',
    description: 'Set base directory: network-specific subdirectory is under here',
  },
  {
    name: 'network',
    kind: 'string',
    problem: networkProblem,
    description:
      'Select the simulated network (regtest, testnet, testnet4 or signet; never bitcoin)',
  },
  { name: 'testnet', kind: 'flag', description: 'Alias for --network=testnet' },
  { name: 'testnet4', kind: 'flag', description: 'Alias for --network=testnet4' },
  { name: 'signet', kind: 'flag', description: 'Alias for --network=signet' },
  { name: 'mainnet', kind: 'flag', description: 'Refused: the sandbox is not a Lightning node' },
  { name: 'regtest', kind: 'flag', description: 'Alias for --network=regtest (default)' },
  { name: 'version', short: 'V', kind: 'flag', exits: true, description: 'Print version and exit' },
  {
    name: 'rpc-file',
    kind: 'string',
    fallback: 'lightning-rpc',
    description: 'Set JSON-RPC socket',
  },
  {
    name: 'allow-deprecated-apis',
    kind: 'bool',
    problem: boolProblem,
    description: 'Tell plugins whether deprecated APIs are allowed',
  },
  {
    name: 'plugin',
    kind: 'string',
    multi: true,
    description: 'Add a plugin to be run (can be used multiple times)',
  },
  {
    name: 'plugin-dir',
    kind: 'string',
    multi: true,
    description: 'Add a directory to load plugins from (can be used multiple times)',
  },
  {
    name: 'clear-plugins',
    kind: 'flag',
    description: 'Remove all plugins added before this option',
  },
  {
    name: 'disable-plugin',
    kind: 'string',
    multi: true,
    description: 'Disable a particular plugin by filename/name',
  },
  {
    name: 'important-plugin',
    kind: 'string',
    multi: true,
    description: 'Add an important plugin to be run: if it dies, the sandbox stops',
  },
  {
    name: 'daemon',
    kind: 'flag',
    description: 'Refused: run the sandbox in the background with your shell, or as a service',
  },
  {
    name: 'help',
    short: 'h',
    kind: 'flag',
    exits: true,
    description: 'Print this message and exit',
  },
  { name: 'rgb', kind: 'string', problem: rgbProblem, description: 'RRGGBB hex color for node' },
  {
    name: 'alias',
    kind: 'string',
    keepWhitespace: true,
    problem: aliasProblem,
    description: 'Up to 32-byte alias for node',
  },
  { name: 'pid-file', kind: 'string', placeholder: '<file>', description: 'Specify pid file' },
  {
    name: 'cltv-final',
    kind: 'int',
    fallback: '10',
    problem: u32Problem,
    description: 'Number of blocks for final cltv_expiry',
  },
  {
    name: 'rpc-file-mode',
    kind: 'string',
    fallback: '0600',
    problem: modeProblem,
    description: 'Set the file mode (permissions) for the JSON-RPC socket',
  },
  {
    name: 'log-level',
    kind: 'string',
    problem: logLevelProblem,
    description: 'log level (io, trace, debug, info, unusual, broken) [:source[:file]]',
  },
  {
    name: 'log-timestamps',
    kind: 'bool',
    fallback: 'true',
    problem: boolProblem,
    description: 'prefix log messages with timestamp',
  },
  { name: 'log-prefix', kind: 'string', keepWhitespace: true, description: 'log prefix' },
  {
    name: 'log-file',
    kind: 'string',
    multi: true,
    placeholder: '<file>',
    description: 'Also log to file (- for stdout)',
  },
  {
    name: 'dev-rune-secret',
    kind: 'string',
    conceal: true,
    hidden: true,
    placeholder: '<hex>',
    problem: secretProblem,
    description: 'Set the secret that runes derive from (64 hex digits)',
  },
];

/** An option that the sandbox accepts and ignores; a string unless the details say otherwise. */
function ignored(name: string, details: Partial<OptionDefinition> = {}): OptionDefinition {
  return { name, kind: 'string', hidden: true, description: '', ...details };
}

/**
 * Options of a real node's configuration that do not apply to a simulated chain and simulated peers. The sandbox accepts
 * them, so that such a file works, and logs that they have no effect.
 */
const IGNORED: readonly OptionDefinition[] = [
  ignored('addr', { multi: true }),
  ignored('bind-addr', { multi: true }),
  ignored('announce-addr', { multi: true }),
  ignored('announce-addr-discovered'),
  ignored('autolisten', { kind: 'bool', problem: boolProblem }),
  ignored('offline', { kind: 'flag' }),
  ignored('disable-dns', { kind: 'flag' }),
  ignored('proxy'),
  ignored('wallet'),
  ignored('ignore-fee-limits', { kind: 'bool', problem: boolProblem }),
  ignored('funding-confirms', { kind: 'int', problem: intProblem }),
  ignored('cltv-delta', { kind: 'int', problem: intProblem }),
  ignored('fee-base', { kind: 'int', problem: intProblem }),
  ignored('fee-per-satoshi', { kind: 'int', problem: intProblem }),
  ignored('min-capacity-sat', { kind: 'int', problem: intProblem }),
  ignored('database-upgrade', { kind: 'bool', problem: boolProblem }),
  ignored('dev-fast-gossip', { kind: 'flag' }),
  ignored('dev-bitcoind-poll', { kind: 'int', problem: intProblem }),
  ignored('bitcoin-cli'),
  ignored('bitcoin-datadir'),
  ignored('bitcoin-rpcuser'),
  ignored('bitcoin-rpcpassword', { conceal: true }),
  ignored('bitcoin-rpcconnect'),
  ignored('bitcoin-rpcport', { kind: 'int', problem: intProblem }),
];

export const OWN_OPTIONS: readonly OptionDefinition[] = [...SUPPORTED, ...IGNORED];

/** Whether the sandbox accepts the option and does nothing with it. */
export function isIgnored(name: string): boolean {
  return IGNORED.some((option) => option.name === name);
}
