import { ClnrestClient } from '@clnrest/client';
import type { NodeClient } from '@clnrest/client/transport';
import { CommandoClient } from '@clnrest/commando';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { type AuthoritySource, findRune, readConnection, readText } from './connection.ts';
import { readIdentity } from './identity-file.ts';
import type { ConnectionOptions, PeerOptions } from './options.ts';

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
  const rune = requireRune((await findRune(options, terminal, env))?.rune);
  const privateKey = identityFile === undefined ? undefined : readIdentity(identityFile, env);
  return new CommandoClient({ address, rune, privateKey, pace: options.pace });
}

function requireRune(rune: string | undefined): string {
  if (rune !== undefined && rune !== '') return rune;
  throw new UsageError('no rune given: use --rune-file, --rune or CLNREST_RUNE');
}

/** Creates a client from options, files and the environment. @throws {UsageError} */
export async function createClient(
  options: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<ClnrestClient> {
  const connection = await readConnection(options, terminal, env);
  const { url, authority } = connection;
  const rune = requireRune(connection.rune);
  return new ClnrestClient({ url, rune, ca: readAuthority(authority, env), pace: options.pace });
}

function readAuthority(authority: AuthoritySource, env: NodeJS.ProcessEnv): string | undefined {
  switch (authority.kind) {
    case 'file':
      return readText(authority.path, env);
    case 'link':
      return authority.pem;
    case 'system':
      return undefined;
  }
}
