import { SERVICE_OPTIONS } from '@clnrest/gateway/options';
import type { Completes } from '../command-table/entry.ts';

/** An option of `clnrest gateway`, which can also be a variable or a line of a file. */
export interface GatewayOption {
  readonly type: 'string' | 'string-conceal' | 'int' | 'flag';
  /** Whether it can be repeated. */
  readonly multi?: true;
  readonly default?: string | number;
  readonly description: string;
  /** What the help shows as the value. */
  readonly value?: string;
  readonly completes?: Completes;
}

const LOG_LEVELS = ['debug', 'info', 'unusual', 'broken'] as const;
const LOG_FORMATS = ['plain', 'json'] as const;

/** The options of `clnrest gateway`, in the order of its help. */
export const GATEWAY_OPTIONS = {
  'rpc-file': {
    type: 'string',
    value: 'FILE',
    completes: 'file',
    description: "node's socket (default: lightning-rpc in the directory of the network)",
  },
  'lightning-dir': {
    type: 'string',
    value: 'DIR',
    completes: 'directory',
    description: 'directory of the node (default: ~/.lightning)',
  },
  network: {
    type: 'string',
    value: 'NAME',
    completes: ['bitcoin', 'regtest', 'signet', 'testnet', 'testnet4'],
    description: 'network that the node must have (default: any, and bitcoin for the directory)',
  },
  upstream: {
    type: 'string',
    value: 'URL',
    description: "gateway that has the node's socket, to which this one forwards commands",
  },
  'upstream-ca': {
    type: 'string',
    value: 'FILE',
    completes: 'file',
    description: 'authority of the certificate of the upstream gateway',
  },
  'upstream-rune-file': {
    type: 'string',
    value: 'FILE',
    completes: 'file',
    description: "file with a rune that allows checkrune, for subscribers' runes",
  },
  'node-id': {
    type: 'string',
    value: 'ID',
    description: 'id of the node, with --upstream and --redis',
  },
  conf: {
    type: 'string',
    value: 'FILE',
    completes: 'file',
    description: 'configuration file with lines of the form name=value',
  },
  user: {
    type: 'string',
    value: 'USER',
    description: 'user to change to, if started as root: NAME or NAME:GROUP',
  },
  'allow-root': { type: 'flag', description: 'permission to run as root' },
  'log-format': {
    type: 'string',
    default: 'plain',
    completes: LOG_FORMATS,
    description: 'format of log lines: plain or json',
  },
  'log-level': {
    type: 'string',
    default: 'info',
    completes: LOG_LEVELS,
    description: 'least important level to log: debug, info, unusual or broken',
  },
  ...SERVICE_OPTIONS,
} as const satisfies Readonly<Record<string, GatewayOption>>;
