/** One of the two plugins that are built from this package, as the values that differ. */
export interface Build {
  /** The prefix of the option names: `<prefix>-port`, `<prefix>-host`, … */
  readonly prefix: 'rest' | 'clnrest';
  /** The default directory of certificates, relative to the node's network directory. */
  readonly certificates: string;
  /** The delay before notifications are sent, in milliseconds. */
  readonly holdMs: number;
  /** The command that registers paths. */
  readonly registerPath: string;
  /** A subscriber's rune must allow one of these methods. */
  readonly subscribeMethods: readonly string[];
}

/**
 * The two plugins, each bundled into one file, `dist/rest` and `dist/clnrest`:
 * - `rest` has the option names of the first clnrest (v23.08 to v23.11), so it can run beside a node's
 *   built-in plugin.
 * - `clnrest` replaces the built-in plugin and uses its names and certificates.
 */
export const builds = {
  rest: {
    prefix: 'rest',
    certificates: 'clnrest',
    holdMs: 1_000,
    registerPath: 'rest-register-path',
    subscribeMethods: ['getinfo', 'listclnrest-notifications'],
  },
  clnrest: {
    prefix: 'clnrest',
    certificates: '.',
    holdMs: 0,
    registerPath: 'clnrest-register-path',
    subscribeMethods: ['listclnrest-notifications'],
  },
} as const satisfies Record<string, Build>;
