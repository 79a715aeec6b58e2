import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensureWritable } from './ensure-writable.ts';
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
 *   where old versions kept their files; `unusable_directory` if the directory cannot be created or written
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
  const files = { database: join(network, 'sandbox.sqlite3'), lock: join(network, 'sandbox.lock') };
  ensureWritable(network, Object.values(files));
  return { base, network, ...files };
}
