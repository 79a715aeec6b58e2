import type { OptionEntries } from './entry.ts';

/** The URL at which `npm start` serves. */
export const DEFAULT_URL = 'https://127.0.0.1:3010';
/** The certificate authority of `npm start`, relative to the home directory. */
export const SANDBOX_CA = '.lightning/regtest/clnrest/ca.pem';

/** The options with which a client reaches a gateway. */
export const CONNECTION_OPTIONS = {
  url: {
    value: 'URL',
    help: `URL of the gateway, host:port or a pairing link; - for stdin (default: the environment variable CLNREST_URL, or ${DEFAULT_URL})`,
  },
  rune: { value: 'RUNE', help: 'rune to authenticate with (visible to other local users)' },
  'rune-file': {
    value: 'FILE',
    help: `file that contains the rune, createrune's JSON, LIGHTNING_RUNE="…" or a pairing link; - for stdin (default: the environment variable CLNREST_RUNE)`,
    completes: 'file',
  },
  ca: {
    value: 'FILE',
    help: `certificate authority to trust (default: the environment variable CLNREST_CA; on this machine ~/${SANDBOX_CA}, if it exists; otherwise the system's)`,
    completes: 'file',
  },
} as const satisfies OptionEntries;

/** The options with which a client reaches a node over the Lightning protocol. */
export const PEER_OPTIONS = {
  peer: {
    value: 'ADDRESS',
    help: 'node to call over the Lightning protocol instead of REST: ID@host:port or ID@ws://host:port',
  },
  'identity-file': {
    value: 'FILE',
    help: 'private key that identifies you to the node of --peer, created if missing (default: a new key each time)',
    completes: 'file',
  },
} as const satisfies OptionEntries;

/** The option with which a client waits for a limit of the rune. */
export const PACE = {
  pace: { help: 'wait when the rune is rate-limited (default: fail)' },
} as const satisfies OptionEntries;

/** The options for the parameters and the output of a command, as in lightning-cli. */
export const FORMAT_OPTIONS = {
  keywords: {
    short: 'k',
    help: 'parameters as key=value (default: depends on the first parameter)',
  },
  order: { short: 'o', help: 'parameters by position (default: depends on the first parameter)' },
  json: { short: 'J', help: 'indented JSON output (default, except for METHOD help)' },
  raw: { short: 'R', help: 'unchanged output' },
  flat: { short: 'F', help: 'output as x.y[0]=value lines' },
  'human-readable': { short: 'H', help: 'output as text (default for METHOD help)' },
} as const satisfies OptionEntries;
