import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SandboxError } from '../sandbox-error.ts';

/** The files by which a directory shows that a lightningd keeps its money there. */
const FILES_OF_A_NODE = ['hsm_secret', 'lightningd.sqlite3'];

/** Where a sandbox keeps what it keeps. */
export interface NodeDirectory {
  /** What `--lightning-dir` says. */
  readonly base: string;
  /** The network's directory beneath it, where sockets, plugins and the database live. */
  readonly network: string;
  readonly database: string;
  readonly lock: string;
}

/**
 * Makes the directories, as private as lightningd makes them.
 *
 * @throws SandboxError `refused` when a real node lives there, on this network, on mainnet, or
 *   where nodes lived before they had a directory for each network
 */
export function prepareDirectory(base: string, networkName: string): NodeDirectory {
  const network = join(base, networkName);
  for (const directory of [base, join(base, 'bitcoin'), network]) {
    for (const file of FILES_OF_A_NODE) {
      const path = join(directory, file);
      if (!existsSync(path)) continue;
      throw new SandboxError(
        'refused',
        `${path} belongs to a real lightningd. The sandbox is not a Lightning node and stays out of its directory: give it one of its own with --lightning-dir.`,
      );
    }
  }
  mkdirSync(network, { recursive: true, mode: 0o700 });
  return {
    base,
    network,
    database: join(network, 'sandbox.sqlite3'),
    lock: join(network, 'sandbox.lock'),
  };
}
