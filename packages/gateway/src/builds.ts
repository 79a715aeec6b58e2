/** One of the two plugins that this code makes. */
export interface Build {
  /** What its options begin with: `<prefix>-port`, `<prefix>-host`, … */
  readonly prefix: 'rest' | 'clnrest';
  /** Where certificates are by default, relative to the node's directory (network included). */
  readonly certificates: string;
  /** How long notifications are held before they are sent, in milliseconds. */
  readonly holdMs: number;
  /** The command that registers paths. */
  readonly registerPath: string;
  /** The methods of which a listener's rune must allow one. */
  readonly listenMethods: readonly string[];
}

/**
 * All that differs between the builds.
 * - `rest` has the option names of the first clnrest (v23.08 to v23.11), and so lives beside a node's
 *   built-in plugin;
 * - `clnrest` takes the built-in plugin's place, its names and its certificates.
 */
export const builds = {
  rest: {
    prefix: 'rest',
    certificates: 'clnrest',
    holdMs: 1_000,
    registerPath: 'rest-register-path',
    listenMethods: ['getinfo', 'listclnrest-notifications'],
  },
  clnrest: {
    prefix: 'clnrest',
    certificates: '.',
    holdMs: 0,
    registerPath: 'clnrest-register-path',
    listenMethods: ['listclnrest-notifications'],
  },
} as const satisfies Record<string, Build>;
