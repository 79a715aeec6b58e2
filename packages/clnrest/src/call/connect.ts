import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ClnrestClient } from '@clnrest/client';
import { withoutRunes } from '../rune-form.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { refuseApiPath } from './api-path.ts';
import type { ConnectionOptions } from './options.ts';

/** Where `npm start` serves, and whom it has sign its certificate. */
export const URL_OF_START = 'https://127.0.0.1:3010';
const CA_OF_START = '.lightning/regtest/clnrest/ca.pem';

/** The parts of all helps that are the same. */
export const RUNE_OPTIONS_HELP = `  --rune=RUNE          by what right; others on this machine can see it there
  --rune-file=FILE     a file that it stands in, - for stdin; else it is taken
                       from the environment, CLNREST_RUNE`;
export const CA_OPTIONS_HELP = `  --ca=FILE            the certificate authority to trust (default, on this
                       machine: ~/${CA_OF_START}, if it exists)`;
export const CONNECTION_HELP = `  --url=URL            where the gateway is (default: ${URL_OF_START})
${RUNE_OPTIONS_HELP}
${CA_OPTIONS_HELP}
  --pace               wait where the rune may be used later only`;

/** A client from options, files and the environment. @throws {UsageError} */
export async function connect(
  options: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<ClnrestClient> {
  const url = options.url ?? URL_OF_START;
  if (URL.canParse(url)) refuseApiPath(new URL(url));
  const rune = await runeOf(options, terminal, env);
  if (rune === undefined) {
    throw new UsageError('a rune is missing: --rune, --rune-file or CLNREST_RUNE');
  }
  const file = options.ca ?? defaultAuthority(url, env);
  const ca = file === undefined ? undefined : read(file);
  return new ClnrestClient({ url, rune, ca, pace: options.pace });
}

/** The rune as it was given: on the command line, in a file, or in the environment. @throws {UsageError} */
export async function runeOf(
  { rune, runeFile }: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (rune !== undefined) return rune;
  if (runeFile !== undefined) return runeFile === '-' ? terminal.input() : read(runeFile);
  return env['CLNREST_RUNE'];
}

/** The sandbox's authority signs for this machine alone; others' certificates are others' affair. */
export function defaultAuthority(url: string, env: NodeJS.ProcessEnv): string | undefined {
  const file = join(env['HOME'] ?? homedir(), CA_OF_START);
  const isHere = /^https:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/]|$)/i.test(url);
  return isHere && existsSync(file) ? file : undefined;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`can't read ${withoutRunes(file)}`, { cause });
  }
}
