import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { OptionValues } from '@clnrest/lightningd';
import type { Build } from '../builds.ts';
import type { DeclaredOptions } from './declarations.ts';
import { readOrigins } from './origins.ts';
import { TrustedProxies } from './trusted-proxies.ts';

/** What the operator configured, checked. It is plain data: it is sent to the process that serves HTTP. */
export interface Settings {
  readonly port: number;
  readonly protocol: 'http' | 'https';
  /** The host as configured, without the brackets of an IPv6 address. */
  readonly host: string;
  /** The addresses that the host stands for. At least one. */
  readonly addresses: readonly string[];
  /** Where the certificates are: an absolute path. */
  readonly certificates: string;
  /** The value of the header. */
  readonly contentSecurityPolicy: string;
  /** The patterns that `readOrigins` takes. */
  readonly origins: readonly string[];
  /** The path of the Swagger pages without the slash at its end: `` for `/`, `/doc` for `/doc/`. */
  readonly swaggerRoot: string;
  /** Seconds within which a listener whose rune is taken back hears no more. */
  readonly runeRecheck: number;
  /** Addresses and ranges of proxies that are trusted, in the form that `TrustedProxies.of` takes. */
  readonly trustedProxies: readonly string[];
}

/** An option has a value that can't be used. The message is a sentence for the operator. */
export class OptionError extends Error {
  override readonly name: string = 'OptionError';
}

/** No port is set: this node's operator has not asked for the gateway, and need not hear of it. */
export class NotConfigured extends OptionError {
  override readonly name = 'NotConfigured';
}

/**
 * Checks the options of a build. Throws an {@link OptionError} that names the option, the value and
 * what is accepted. The beginnings of the sentences are the built-in plugin's (observed on v26.06.6).
 */
export async function readSettings(
  { prefix, certificates }: Build,
  options: OptionValues<DeclaredOptions>,
  lightningDir: string,
): Promise<Settings> {
  const port = readPort(`${prefix}-port`, options[`${prefix}-port` as const]);
  const protocol = readProtocol(`${prefix}-protocol`, options[`${prefix}-protocol` as const]);
  const swaggerRoot = readRoot(
    `${prefix}-swagger-root`,
    options[`${prefix}-swagger-root` as const],
  );
  const csp = readPolicy(`${prefix}-csp`, options[`${prefix}-csp` as const]);
  const certs = options[`${prefix}-certs` as const];
  if (certs === '') throw new OptionError(`\`${prefix}-certs\` must be the path of a directory`);
  const origins = options[`${prefix}-cors-origins` as const];
  const host = options[`${prefix}-host` as const].replace(/^\[(.*)\]$/, '$1');
  return {
    port,
    protocol,
    host,
    addresses: await resolveHost(`${prefix}-host`, host),
    // Relative to the node's directory, which is also where lightningd runs its plugins.
    certificates: resolve(lightningDir, certs ?? certificates),
    contentSecurityPolicy: csp,
    origins: checkOrigins(`${prefix}-cors-origins`, origins),
    swaggerRoot,
    runeRecheck: readSeconds(`${prefix}-rune-recheck`, options[`${prefix}-rune-recheck` as const]),
    trustedProxies: readProxies(
      `${prefix}-trusted-proxies`,
      options[`${prefix}-trusted-proxies` as const],
    ),
  };
}

function readPort(name: string, value: number | undefined): number {
  if (value === undefined) throw new NotConfigured(`\`${name}\` option is not configured`);
  if (!(value >= 1024 && value <= 65535)) {
    throw new OptionError(
      `\`${name}\` ${value}, should be a valid available port between 1024 and 65535.`,
    );
  }
  return value;
}

/** A node checks each listener's rune so often: every second at most, once a day at least. */
function readSeconds(name: string, value: number): number {
  if (!(value >= 1 && value <= 86_400)) {
    throw new OptionError(`\`${name}\` must be from 1 to 86400 seconds, which ${value} is not.`);
  }
  return value;
}

function readProtocol(name: string, value: string): 'http' | 'https' {
  switch (value.toLowerCase()) {
    case 'https':
      return 'https';
    case 'http':
      return 'http';
    default:
      throw new OptionError(`\`${name}\` can either be http or https. ${show(value)} is neither.`);
  }
}

/** Pages stand where neither commands nor the API's description do. */
function readRoot(name: string, value: string): string {
  if (!value.startsWith('/')) {
    throw new OptionError(`\`${name}\` must start with \`/\`, which ${show(value)} does not.`);
  }
  const root = value.replace(/\/$/, '');
  if (!/^(?:\/[A-Za-z0-9._~-]+)*$/.test(root) || /\/\.\.?(?:\/|$)/.test(root)) {
    throw new OptionError(
      `\`${name}\` must be a path of letters, digits, \`.\`, \`_\`, \`~\`, \`-\` and single slashes, which ${show(value)} is not.`,
    );
  }
  if (
    /^\/(?:(?:v1|pages|socket\.io)(?:\/|$)|(?:openapi\.json|swagger\.json|favicon\.ico|runes|events)$)/.test(
      root,
    )
  ) {
    throw new OptionError(`\`${name}\` must not be ${show(value)}, which is taken.`);
  }
  return root;
}

/** Anything else than visible ASCII could end the header and begin another. */
function readPolicy(name: string, value: string): string {
  if (!/^[\x20-\x7e]*$/.test(value)) {
    throw new OptionError(
      `\`${name}\` must be a Content-Security-Policy in visible ASCII characters, which ${show(value)} is not.`,
    );
  }
  return value;
}

function checkOrigins(name: string, values: readonly string[]): readonly string[] {
  try {
    readOrigins(values);
    return values;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OptionError(
      `\`${name}\` takes \`*\`, origins like \`https://localhost:5500\`, and regular expressions for whole origins: ${reason}.`,
      { cause },
    );
  }
}

function readProxies(name: string, values: readonly string[]): readonly string[] {
  for (const value of values) {
    try {
      TrustedProxies.of([value]);
    } catch (cause) {
      throw new OptionError(
        `\`${name}\` takes IP addresses, ranges like \`10.0.0.0/8\` and \`fd00::/8\`, and \`loopback\`. ${show(value)} is not one of them.`,
        { cause },
      );
    }
  }
  return values;
}

async function resolveHost(name: string, host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    if (host === '') throw new Error('it is empty');
    const found = await lookup(host, { all: true });
    return [...new Set(found.map(({ address }) => address))];
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new OptionError(
      `\`${name}\` should be a valid IP. ${show(host)} is none, nor a host name that resolves${code}.`,
      { cause },
    );
  }
}

/** A value in a sentence: on one line, and not without end. */
function show(value: string): string {
  const text = JSON.stringify(value).slice(1, -1);
  return `\`${text.length > 100 ? `${text.slice(0, 100)}…` : text}\``;
}
