import { ClnrestClient } from '@clnrest/client';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { type AuthoritySource, readConnection, readText } from './connection.ts';
import type { ConnectionOptions } from './options.ts';

/** Creates a client from options, files and the environment. @throws {UsageError} */
export async function createClient(
  options: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<ClnrestClient> {
  const { url, rune, authority } = await readConnection(options, terminal, env);
  if (rune === undefined || rune === '') {
    throw new UsageError('no rune given: use --rune-file, --rune or CLNREST_RUNE');
  }
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
