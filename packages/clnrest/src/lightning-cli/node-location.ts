import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { UsageError } from '../usage-error.ts';
import type { CliOptions } from './options.ts';

/** The keys of a configuration file that tell where a node's socket is. */
type Located = Partial<Record<'network' | 'lightning-dir' | 'rpc-file', string>>;

/**
 * Where the node's socket is: command line, then the configuration files, then lightningd's
 * defaults (`~/.lightning`, network bitcoin, `lightning-rpc`).
 *
 * @throws {UsageError} where a `--conf` file can't be read
 */
export function locateSocket(options: CliOptions): string {
  const named = options.conf === undefined ? {} : readConfig(options.conf, true);
  const dir = expand(
    options.lightningDir ?? named['lightning-dir'] ?? join(homedir(), '.lightning'),
  );
  const top = options.conf === undefined ? readConfig(join(dir, 'config'), false) : named;
  const network = options.network ?? top.network ?? 'bitcoin';
  const inner = options.conf === undefined ? readConfig(join(dir, network, 'config'), false) : {};
  const rpcFile = options.rpcFile ?? inner['rpc-file'] ?? top['rpc-file'] ?? 'lightning-rpc';
  return isAbsolute(rpcFile) ? rpcFile : join(dir, network, rpcFile);
}

/** Files that include one another must end somewhere. */
const DEEPEST_INCLUDE = 10;

function readConfig(file: string, mustExist: boolean, depth = 0): Located {
  if (depth > DEEPEST_INCLUDE) throw new UsageError(`${file}: includes nest too deep`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (!mustExist) return {};
    throw new UsageError(`Can't read the configuration file ${file}`, { cause });
  }
  const found: Located = {};
  for (const line of text.split(/\r?\n/)) {
    const [key = '', ...rest] = line.split('=');
    const value = rest.join('=');
    switch (key) {
      case 'network':
      case 'rpc-file':
        found[key] = value;
        break;
      case 'lightning-dir':
        found[key] = resolve(dirname(file), value);
        break;
      case 'regtest':
      case 'testnet':
      case 'signet':
        found.network = key;
        break;
      case 'include':
        Object.assign(found, readConfig(resolve(dirname(file), value), false, depth + 1));
        break;
    }
  }
  return found;
}

/** A shell leaves `--lightning-dir=~/x` alone. */
function expand(dir: string): string {
  return resolve(dir.replace(/^~(?=\/|$)/, homedir()));
}
