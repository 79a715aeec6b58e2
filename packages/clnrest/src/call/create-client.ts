import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ClnrestClient } from '@clnrest/client';
import { redactRunes } from '../rune-redaction.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { ConnectionOptions } from './options.ts';
import { rejectApiPath } from './reject-api-path.ts';

/** The URL at which `npm start` serves. */
export const DEFAULT_URL = 'https://127.0.0.1:3010';
/** The certificate authority of `npm start`, relative to the home directory. */
const SANDBOX_CA = '.lightning/regtest/clnrest/ca.pem';

/** Help for the options of the rune. */
export const RUNE_OPTIONS_HELP = `  --rune=RUNE          rune to authenticate with (visible to other local users)
  --rune-file=FILE     file that contains the rune, - for stdin (default: the
                       environment variable CLNREST_RUNE)`;
/** Help for the option of the certificate authority. */
export const CA_OPTIONS_HELP = `  --ca=FILE            certificate authority to trust (default: on this machine
                       ~/${SANDBOX_CA}, if it exists;
                       otherwise the system's)`;
/** Help for all options of {@link createClient}. */
export const CONNECTION_HELP = `  --url=URL            URL of the gateway (default: ${DEFAULT_URL})
${RUNE_OPTIONS_HELP}
${CA_OPTIONS_HELP}
  --pace               wait when the rune is rate-limited (default: fail)`;

/** Creates a client from options, files and the environment. @throws {UsageError} */
export async function createClient(
  options: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<ClnrestClient> {
  const url = options.url ?? DEFAULT_URL;
  if (URL.canParse(url)) rejectApiPath(new URL(url));
  const rune = await readRune(options, terminal, env);
  if (rune === undefined) {
    throw new UsageError('no rune given: use --rune-file, --rune or CLNREST_RUNE');
  }
  const file = options.ca ?? defaultCaFile(url, env);
  const ca = file === undefined ? undefined : readText(file);
  return new ClnrestClient({ url, rune, ca, pace: options.pace });
}

/** Reads the rune from the command line, a file, stdin or the environment, in this order. @throws {UsageError} */
export async function readRune(
  { rune, runeFile }: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (rune !== undefined) return rune;
  if (runeFile !== undefined) return runeFile === '-' ? terminal.input() : readText(runeFile);
  return env['CLNREST_RUNE'];
}

/** Returns the CA file of the sandbox if it exists and the URL is on this machine. */
export function defaultCaFile(url: string, env: NodeJS.ProcessEnv): string | undefined {
  const file = join(env['HOME'] ?? homedir(), SANDBOX_CA);
  const isLocal = /^https:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/]|$)/i.test(url);
  return isLocal && existsSync(file) ? file : undefined;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`cannot read ${redactRunes(file)}`, { cause });
  }
}
