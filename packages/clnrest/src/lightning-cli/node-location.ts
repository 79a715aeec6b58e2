import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { expandPath, requireHome } from '../paths.ts';
import { UsageError } from '../usage-error.ts';
import type { CliOptions } from './options.ts';

/** The configuration options that determine the path of the socket. */
type SocketOptions = Partial<Record<'network' | 'lightning-dir' | 'rpc-file', string>>;

/**
 * Returns the path of the node's socket, from the command line, then the configuration files, then lightningd's defaults
 * (`~/.lightning`, network bitcoin, `lightning-rpc`).
 *
 * @throws {UsageError} if the `--conf` file cannot be read
 */
export function locateSocket(
  options: Pick<CliOptions, 'conf' | 'lightningDir' | 'network' | 'rpcFile'>,
): string {
  const named = options.conf === undefined ? {} : readConfig(expandPath(options.conf), true);
  const given = options.lightningDir ?? named['lightning-dir'];
  const dir = given === undefined ? join(requireHome(), '.lightning') : resolve(expandPath(given));
  const top = options.conf === undefined ? readConfig(join(dir, 'config'), false) : named;
  const network = options.network ?? top.network ?? 'bitcoin';
  const inner = options.conf === undefined ? readConfig(join(dir, network, 'config'), false) : {};
  const rpcFile = expandPath(
    options.rpcFile ?? inner['rpc-file'] ?? top['rpc-file'] ?? 'lightning-rpc',
  );
  return isAbsolute(rpcFile) ? rpcFile : join(dir, network, rpcFile);
}

/** Stops files that include each other. */
const MAX_INCLUDE_DEPTH = 10;

function readConfig(file: string, mustExist: boolean, depth = 0): SocketOptions {
  if (depth > MAX_INCLUDE_DEPTH)
    throw new UsageError(`${file}: more than ${MAX_INCLUDE_DEPTH} nested includes`);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if (!mustExist) return {};
    throw new UsageError(`cannot read the configuration file ${file}`, { cause });
  }
  const found: SocketOptions = {};
  for (const line of text.split(/\r?\n/)) {
    const [key = '', ...rest] = line.split('=');
    const value = rest.join('=');
    switch (key) {
      case 'network':
      case 'rpc-file':
        found[key] = value;
        break;
      case 'lightning-dir':
        found[key] = resolve(dirname(file), expandPath(value));
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
