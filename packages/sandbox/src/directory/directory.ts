import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SandboxError } from '../sandbox-error.ts';

/** A directory with one of these files belongs to a real lightningd. */
const LIGHTNINGD_FILES = ['hsm_secret', 'lightningd.sqlite3'];

/** The directories and files of a sandbox. */
export interface NodeDirectory {
  /** `--lightning-dir` */
  readonly base: string;
  /** The network's directory in `base`: plugins run in it, and it contains the socket and the database. */
  readonly network: string;
  readonly database: string;
  readonly lock: string;
}

/**
 * Creates the directories with lightningd's permissions.
 *
 * @throws SandboxError `refused` if a real node uses the directory: on this network, on mainnet, or in `base` itself,
 *   where old versions kept their files
 */
export function prepareDirectory(base: string, networkName: string): NodeDirectory {
  const network = join(base, networkName);
  for (const directory of [base, join(base, 'bitcoin'), network]) {
    for (const file of LIGHTNINGD_FILES) {
      const path = join(directory, file);
      if (!existsSync(path)) continue;
      throw new SandboxError(
        'refused',
        `${path} belongs to a real lightningd. The sandbox is not a Lightning node and does not use its directory: choose another with --lightning-dir.`,
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
