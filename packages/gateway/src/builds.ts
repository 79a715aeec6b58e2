/** A gateway that is built from this package, as the values that differ: one of two plugins, or a separate process. */
export interface Build {
  /** The prefix of the option names: `<prefix>-port`, `<prefix>-host`, … With `-`, they are options of a command line. */
  readonly prefix: 'rest' | 'clnrest' | '-';
  /** The default directory of certificates, relative to the node's network directory. */
  readonly certificates: string;
  /** The delay before notifications are sent, in milliseconds. */
  readonly holdMs: number;
  /** The command that registers paths. */
  readonly registerPath: string;
  /** The command that lists the registered paths. */
  readonly listPaths: string;
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
    listPaths: 'rest-list-paths',
    subscribeMethods: ['getinfo', 'listclnrest-notifications'],
  },
  clnrest: {
    prefix: 'clnrest',
    certificates: '.',
    holdMs: 0,
    registerPath: 'clnrest-register-path',
    listPaths: 'clnrest-list-paths',
    subscribeMethods: ['listclnrest-notifications'],
  },
} as const satisfies Record<string, Build>;

/**
 * The gateway as a process that lightningd does not start, `clnrest gateway`. Beside a node with `rest`, both use the same
 * certificates.
 */
export const serviceBuild: Build = { ...builds.rest, prefix: '-', holdMs: 0 };
