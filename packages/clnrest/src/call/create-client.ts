import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClnrestClient } from '@clnrest/client';
import type { NodeClient } from '@clnrest/client/transport';
import { CommandoClient } from '@clnrest/commando';
import { homeDirectory } from '@clnrest/lightningd';
import { DEFAULT_URL, SANDBOX_CA } from '../command-table/connection-options.ts';
import { expandPath } from '../paths.ts';
import { redactRunes } from '../rune-redaction.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { readIdentity } from './identity-file.ts';
import type { ConnectionOptions, PeerOptions } from './options.ts';
import { rejectApiPath } from './reject-api-path.ts';

/** Creates a client of a gateway, or of a peer. @throws {UsageError} */
export async function createCaller(
  options: ConnectionOptions & PeerOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<NodeClient> {
  const { peer: address, identityFile } = options;
  if (address === undefined) {
    if (identityFile !== undefined) throw new UsageError('--identity-file requires --peer');
    return createClient(options, terminal, env);
  }
  if (options.url !== undefined || options.ca !== undefined) {
    throw new UsageError('--peer does not use REST: omit --url and --ca');
  }
  const rune = await requireRune(options, terminal, env);
  const privateKey = identityFile === undefined ? undefined : readIdentity(identityFile, env);
  return new CommandoClient({ address, rune, privateKey, pace: options.pace });
}

async function requireRune(
  options: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const rune = await readRune(options, terminal, env);
  if (rune !== undefined) return rune;
  throw new UsageError('no rune given: use --rune-file, --rune or CLNREST_RUNE');
}

/** Creates a client from options, files and the environment. @throws {UsageError} */
export async function createClient(
  options: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<ClnrestClient> {
  const url = options.url ?? DEFAULT_URL;
  if (URL.canParse(url)) rejectApiPath(new URL(url));
  const rune = await requireRune(options, terminal, env);
  const file = options.ca ?? defaultCaFile(url, env);
  const ca = file === undefined ? undefined : readText(file, env);
  return new ClnrestClient({ url, rune, ca, pace: options.pace });
}

/** Reads the rune from the command line, a file, stdin or the environment, in this order. @throws {UsageError} */
export async function readRune(
  { rune, runeFile }: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (rune !== undefined) return rune;
  if (runeFile !== undefined) return runeFile === '-' ? terminal.input() : readText(runeFile, env);
  return env['CLNREST_RUNE'];
}

/** Returns the CA file of the sandbox if it exists and the URL is on this machine. */
export function defaultCaFile(url: string, env: NodeJS.ProcessEnv): string | undefined {
  const home = homeDirectory(env);
  if (home === undefined) return undefined;
  const file = join(home, SANDBOX_CA);
  const isLocal = /^https:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/]|$)/i.test(url);
  return isLocal && existsSync(file) ? file : undefined;
}

function readText(file: string, env: NodeJS.ProcessEnv): string {
  try {
    return readFileSync(expandPath(file, env), 'utf8');
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`cannot read ${redactRunes(file)}`, { cause });
  }
}
