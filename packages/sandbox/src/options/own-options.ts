import { CLEANED } from '../autoclean/cleaned.ts';
import { parseLogLevel } from '../log/level.ts';
import type { OptionDefinition, OptionKind } from './definition.ts';
import { listenAddressProblem } from '../peers/listen-address.ts';
import { LIGHTNINGD_OPTIONS, type LightningdOption } from './lightningd-options.ts';
import { isNetworkName } from './network.ts';
import {
  aliasProblem,
  boolProblem,
  intProblem,
  modeProblem,
  msatProblem,
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

/** What the sandbox adds to an option of lightningd. */
interface Effect {
  readonly name: string;
  readonly description: string;
  readonly placeholder?: string;
  readonly problem?: (value: string) => string | undefined;
}

/** The options of lightningd that have an effect. */
const WITH_EFFECT: readonly Effect[] = [
  { name: 'list-features-only', description: 'Print the features and exit' },
  { name: 'test-daemons-only', description: 'Exit immediately' },
  {
    name: 'developer',
    description: 'Tell plugins to be in developer mode, disable legacy APIs',
  },
  {
    name: 'conf',
    placeholder: '<file>',
    description: 'Specify configuration file',
  },
  {
    name: 'lightning-dir',
    placeholder: '<dir>',
    description: 'Set base directory: network-specific subdirectory is under here',
  },
  {
    name: 'network',
    problem: networkProblem,
    description:
      'Select the simulated network (regtest, testnet, testnet4 or signet; never bitcoin)',
  },
  { name: 'testnet', description: 'Alias for --network=testnet' },
  { name: 'testnet4', description: 'Alias for --network=testnet4' },
  { name: 'signet', description: 'Alias for --network=signet' },
  { name: 'mainnet', description: 'Refused: the sandbox is not a Lightning node' },
  { name: 'regtest', description: 'Alias for --network=regtest (default)' },
  { name: 'version', description: 'Print version and exit' },
  {
    name: 'rpc-file',
    description: 'Set JSON-RPC socket',
  },
  {
    name: 'allow-deprecated-apis',
    problem: boolProblem,
    description: 'Tell plugins whether deprecated APIs are allowed',
  },
  {
    name: 'plugin',
    description: 'Add a plugin to be run (can be used multiple times)',
  },
  {
    name: 'plugin-dir',
    description: 'Add a directory to load plugins from (can be used multiple times)',
  },
  {
    name: 'clear-plugins',
    description: 'Remove all plugins added before this option',
  },
  {
    name: 'disable-plugin',
    description: 'Disable a particular plugin by filename/name',
  },
  {
    name: 'important-plugin',
    description: 'Add an important plugin to be run: if it dies, the sandbox stops',
  },
  {
    name: 'daemon',
    description: 'Refused: run the sandbox in the background with your shell, or as a service',
  },
  {
    name: 'help',
    description: 'Print this message and exit',
  },
  {
    name: 'addr',
    placeholder: '<address>',
    problem: listenAddressProblem,
    description: 'Listen for peers, as --bind-addr: nothing is announced',
  },
  {
    name: 'dev-no-reconnect',
    description: 'Do not connect again to nodes of the shared world',
  },
  {
    name: 'bind-addr',
    placeholder: '<address>',
    problem: listenAddressProblem,
    description: 'Listen for peers, on [ws:][HOST][:PORT] (can be used multiple times)',
  },
  { name: 'rgb', problem: rgbProblem, description: 'RRGGBB hex color for node' },
  {
    name: 'alias',
    problem: aliasProblem,
    description: 'Up to 32-byte alias for node',
  },
  {
    name: 'min-emergency-msat',
    description: 'Amount to leave in wallet for spending anchor closes',
  },
  {
    name: 'exposesecret-passphrase',
    description: 'Enable exposesecret command, with this passphrase',
  },
  { name: 'autoclean-cycle', description: 'Remove old records every given seconds' },
  ...CLEANED.map((what) => ({
    name: `autoclean-${what}-age`,
    description: `Remove ${what} of this age in seconds (0 = never)`,
  })),
  { name: 'pid-file', placeholder: '<file>', description: 'Specify pid file' },
  {
    name: 'cltv-final',
    problem: u32Problem,
    description: 'Number of blocks for final cltv_expiry',
  },
  { name: 'fee-base', description: 'Base fee of new channels, in millisatoshi' },
  { name: 'fee-per-satoshi', description: 'Fee of new channels, in millionths of the amount' },
  { name: 'htlc-minimum-msat', description: 'Smallest forward through new channels' },
  { name: 'htlc-maximum-msat', description: 'Largest forward through new channels' },
  { name: 'cltv-delta', description: 'Number of blocks for cltv_expiry_delta' },
  {
    name: 'rescan',
    description:
      'Number of known blocks that block_added reports at the start, or the height of the first one if negative',
  },
  { name: 'min-capacity-sat', description: 'Minimum capacity of new channels, without reserves' },
  { name: 'ignore-fee-limits', description: 'Let peers of new channels set any feerate' },
  {
    name: 'xpay-handle-pay',
    problem: boolProblem,
    description: 'Let xpay carry out the command pay',
  },
  {
    name: 'rpc-file-mode',
    problem: modeProblem,
    description: 'Set the file mode (permissions) for the JSON-RPC socket',
  },
  {
    name: 'log-level',
    problem: logLevelProblem,
    description: 'log level (io, trace, debug, info, unusual, broken) [:source[:file]]',
  },
  {
    name: 'log-timestamps',
    problem: boolProblem,
    description: 'prefix log messages with timestamp',
  },
  { name: 'log-prefix', description: 'log prefix' },
  {
    name: 'log-file',
    placeholder: '<file>',
    description: 'Also log to file (- for stdout)',
  },
];

/** The options that lightningd does not have. */
const ADDED: readonly OptionDefinition[] = [
  {
    name: 'dev-rune-secret',
    kind: 'string',
    conceal: true,
    hidden: true,
    placeholder: '<hex>',
    problem: secretProblem,
    description: 'Set the secret that runes derive from (64 hex digits)',
  },
  {
    name: 'dev-world',
    kind: 'string',
    hidden: true,
    placeholder: '<dir>',
    description:
      'Share the chain, channels and payments with the sandboxes that name this directory',
  },
];

const EFFECTS: ReadonlyMap<string, Effect> = new Map(
  WITH_EFFECT.map((effect) => [effect.name, effect]),
);

/** The options of lightningd that the sandbox accepts, shows in `listconfigs`, and does nothing with. */
export const WITHOUT_EFFECT: readonly LightningdOption[] = LIGHTNINGD_OPTIONS.filter(
  ({ name }) => !EFFECTS.has(name),
);

export const OWN_OPTIONS: readonly OptionDefinition[] = [
  ...LIGHTNINGD_OPTIONS.map(definitionOf),
  ...ADDED,
];

/** The plugin is undefined: it does not run, and `listconfigs` cannot name its path. */
function definitionOf({
  plugin: _plugin,
  unsigned,
  ...option
}: LightningdOption): OptionDefinition {
  const problem = unsigned === true ? u32Problem : kindProblem(option.kind);
  return {
    description: '',
    ...option,
    ...(problem === undefined ? {} : { problem }),
    ...EFFECTS.get(option.name),
  };
}

function kindProblem(kind: OptionKind): ((value: string) => string | undefined) | undefined {
  switch (kind) {
    case 'int':
      return intProblem;
    case 'bool':
      return boolProblem;
    case 'msat':
      return msatProblem;
    case 'flag':
    case 'string':
      return undefined;
  }
}

/** Whether the sandbox accepts the option and does nothing with it. */
export function isIgnored(name: string): boolean {
  return WITHOUT_EFFECT.some((option) => option.name === name);
}
