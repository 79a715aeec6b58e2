import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeDirectory } from '@clnrest/lightningd';
import { extractRune, type RuneText, RuneSyntaxError } from '@clnrest/runes';
import { DEFAULT_URL, SANDBOX_CA } from '../command-table/connection-options.ts';
import { expandPath } from '../paths.ts';
import { redactRunes } from '../rune-redaction.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { ConnectionOptions } from './options.ts';
import { parseUrlOrLink } from './url-or-link.ts';

/** Where the trusted certificate authority comes from. */
export type AuthoritySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'link'; readonly pem: string }
  | { readonly kind: 'system' };

/** The gateway, the rune and the authority to use. */
export interface Connection {
  /** Ends with a slash. */
  readonly url: URL;
  /** The rune, possibly malformed; undefined if none is given. */
  readonly rune: string | undefined;
  readonly authority: AuthoritySource;
}

/**
 * Reads the connection from options, stdin, files and the environment. The URL can be a pairing link, whose rune and
 * authority count unless an option gives others. The rune can be in any form of `extractRune`. If it is a pairing link,
 * its URL and authority are the default.
 *
 * @throws {UsageError}
 */
export async function readConnection(
  options: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<Connection> {
  if (options.url === '-' && options.runeFile === '-') {
    throw new UsageError('stdin cannot contain both the URL and the rune: pass one as an option');
  }
  const urlText =
    options.url === '-' ? await terminal.input() : (options.url ?? nonEmpty(env, 'CLNREST_URL'));
  const given = urlText === undefined ? undefined : parseUrlOrLink(urlText);
  const hasRuneOption = options.rune !== undefined || options.runeFile !== undefined;
  const found =
    given?.rune !== undefined && !hasRuneOption
      ? { rune: given.rune, url: undefined, ca: undefined }
      : await findRune(options, terminal, env);
  const target = given ?? parseUrlOrLink(found?.url ?? DEFAULT_URL);
  const pem = given === undefined ? found?.ca : given.ca;
  return {
    url: target.url,
    rune: found?.rune,
    authority: authoritySource(options.ca, pem, target.url, env),
  };
}

/** Reads the rune in any form of `extractRune`. @throws {UsageError} */
export async function findRune(
  options: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<RuneText | undefined> {
  const text = await readRune(options, terminal, env);
  try {
    if (text === undefined) return undefined;
    const found = extractRune(text);
    if (found.rune !== '') return found;
    // An empty variable counts as none.
    if (options.rune === undefined && options.runeFile === undefined) return undefined;
    const file = options.runeFile === '-' ? 'stdin' : redactRunes(options.runeFile ?? '');
    const source = options.rune === undefined ? file : '--rune';
    throw new UsageError(`${source} contains no rune: create one with lightning-cli createrune`);
  } catch (cause) {
    if (!(cause instanceof RuneSyntaxError)) throw cause;
    throw new UsageError(`invalid pairing link as the rune: ${cause.message}`, { cause });
  }
}

function authoritySource(
  option: string | undefined,
  pem: string | undefined,
  url: URL,
  env: NodeJS.ProcessEnv,
): AuthoritySource {
  if (option !== undefined) return { kind: 'file', path: expandPath(option, env) };
  if (pem !== undefined) return { kind: 'link', pem };
  const given = nonEmpty(env, 'CLNREST_CA');
  const path = given === undefined ? defaultCaFile(url.href, env) : expandPath(given, env);
  return path === undefined ? { kind: 'system' } : { kind: 'file', path };
}

function nonEmpty(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value.trim() === '' ? undefined : value;
}

/** Reads the rune from the command line, a file, stdin or the environment, in this order. @throws {UsageError} */
async function readRune(
  { rune, runeFile }: ConnectionOptions,
  terminal: Terminal,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (rune !== undefined) return rune;
  if (runeFile !== undefined) return runeFile === '-' ? terminal.input() : readText(runeFile, env);
  return env['CLNREST_RUNE'];
}

/** Returns the CA file of the sandbox if it exists and the URL is on this machine. */
function defaultCaFile(url: string, env: NodeJS.ProcessEnv): string | undefined {
  const home = homeDirectory(env);
  if (home === undefined) return undefined;
  const file = join(home, SANDBOX_CA);
  const isLocal = /^https:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/]|$)/i.test(url);
  return isLocal && existsSync(file) ? file : undefined;
}

/** Reads a file that the user named. @throws {UsageError} */
export function readText(file: string, env: NodeJS.ProcessEnv): string {
  try {
    return readFileSync(expandPath(file, env), 'utf8');
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`cannot read ${redactRunes(file)}`, { cause });
  }
}
