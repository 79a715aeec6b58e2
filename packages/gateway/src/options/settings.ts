import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { expandTilde, type OptionValues, TildeError } from '@clnrest/lightningd';
import type { Build } from '../builds.ts';
import { readName } from '../certificates/names.ts';
import type { CallLogging } from '../http/call-recorder.ts';
import type { DeclaredOptions } from './declarations.ts';
import { type HostAddresses, interfaceProblem, readHosts, resolveHost } from './hosts.ts';
import { readOrigins } from './origins.ts';
import { TrustedProxies } from './trusted-proxies.ts';

/** The validated configuration. Plain data, because it is sent to the HTTP process. */
export interface Settings {
  readonly port: number;
  readonly protocol: 'http' | 'https';
  /** The hosts to listen on, at least one. */
  readonly hosts: readonly HostAddresses[];
  /** Further names and addresses in the server certificate, as `readName` returns them. */
  readonly names: readonly string[];
  /** The absolute path of the directory with the certificates. */
  readonly certificates: string;
  /** The value of the header `Content-Security-Policy`. */
  readonly contentSecurityPolicy: string;
  /** The arguments of `readOrigins`. */
  readonly origins: readonly string[];
  /** The path of the Swagger pages without a trailing slash: empty for `/`, `/doc` for `/doc/`. */
  readonly swaggerRoot: string;
  /** Seconds within which a subscriber is disconnected after its rune is revoked. */
  readonly runeRecheck: number;
  /** `node`: the node checks all runes. `auto`: the gateway checks those that it can. */
  readonly judge: 'auto' | 'node';
  /** Which allowed calls are logged. */
  readonly logCalls: CallLogging;
  /** The address for metrics without a rune, if the operator configured one. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Addresses and ranges of trusted proxies: the arguments of `TrustedProxies.of`. */
  readonly trustedProxies: readonly string[];
}

/** An option has an invalid value. The message is a sentence for the operator. */
export class OptionError extends Error {
  override readonly name: string = 'OptionError';
}

/** The port is not set: the operator does not use the gateway, so this is not a problem. */
export class NotConfigured extends OptionError {
  override readonly name = 'NotConfigured';
}

/**
 * Validates the options of a build. Throws an {@link OptionError} with the option, its value and the accepted
 * values. The sentences start like those of the built-in plugin (observed on v26.06.6).
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
  return {
    port,
    protocol,
    hosts: await resolveHosts(`${prefix}-host`, options[`${prefix}-host` as const]),
    names: readNames(`${prefix}-names`, options[`${prefix}-names` as const]),
    // Relative to the node's directory, which is also where lightningd runs its plugins.
    certificates: resolve(lightningDir, readPath(`${prefix}-certs`, certs ?? certificates)),
    contentSecurityPolicy: csp,
    origins: checkOrigins(`${prefix}-cors-origins`, origins),
    swaggerRoot,
    runeRecheck: readSeconds(`${prefix}-rune-recheck`, options[`${prefix}-rune-recheck` as const]),
    judge: readJudge(`${prefix}-judge`, options[`${prefix}-judge` as const]),
    logCalls: readLogging(`${prefix}-log-calls`, options[`${prefix}-log-calls` as const]),
    metrics: readMetrics(
      prefix,
      options[`${prefix}-metrics-port` as const],
      options[`${prefix}-metrics-host` as const],
    ),
    trustedProxies: readProxies(
      `${prefix}-trusted-proxies`,
      options[`${prefix}-trusted-proxies` as const],
    ),
  };
}

/** Expands `~`: lightningd passes it on, and a directory named `~` would be created. */
function readPath(name: string, value: string): string {
  try {
    return expandTilde(value);
  } catch (cause) {
    if (!(cause instanceof TildeError)) throw cause;
    throw new OptionError(`\`${name}\` ${show(value)} cannot be used: ${cause.message}.`, {
      cause,
    });
  }
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

/** Reads an interval from one second to one day. */
function readSeconds(name: string, value: number): number {
  if (!(value >= 1 && value <= 86_400)) {
    throw new OptionError(`\`${name}\` must be between 1 and 86400 seconds. ${value} is not.`);
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

function readJudge(name: string, value: string): 'auto' | 'node' {
  if (value === 'auto' || value === 'node') return value;
  throw new OptionError(`\`${name}\` can either be auto or node. ${show(value)} is neither.`);
}

function readLogging(name: string, value: string): CallLogging {
  if (value === 'off' || value === 'commands' || value === 'parameters') return value;
  throw new OptionError(
    `\`${name}\` can be off, commands or parameters. ${show(value)} is none of them.`,
  );
}

function readMetrics(
  prefix: Build['prefix'],
  port: number | undefined,
  value: string,
): Settings['metrics'] {
  if (port === undefined) return undefined;
  if (!(port >= 1024 && port <= 65535)) {
    throw new OptionError(
      `\`${prefix}-metrics-port\` ${port}, should be a valid available port between 1024 and 65535.`,
    );
  }
  const host = value.replace(/^\[(.*)\]$/, '$1');
  const problem = interfaceProblem(host);
  if (problem !== undefined) {
    throw new OptionError(`\`${prefix}-metrics-host\` ${show(host)} cannot be used: ${problem}.`);
  }
  if (isIP(host) === 0) {
    throw new OptionError(
      `\`${prefix}-metrics-host\` must be an IP address. ${show(value)} is not.`,
    );
  }
  return { host, port };
}

/** Reads the path of the Swagger pages, which must not be a path of commands or of other pages. */
function readRoot(name: string, value: string): string {
  if (!value.startsWith('/')) {
    throw new OptionError(`\`${name}\` must start with \`/\`. ${show(value)} does not.`);
  }
  const root = value.replace(/\/$/, '');
  if (!/^(?:\/[A-Za-z0-9._~-]+)*$/.test(root) || /\/\.\.?(?:\/|$)/.test(root)) {
    throw new OptionError(
      `\`${name}\` must be a path of letters, digits, \`.\`, \`_\`, \`~\`, \`-\` and single slashes. ${show(value)} is not.`,
    );
  }
  if (
    /^\/(?:(?:v1|pages|socket\.io)(?:\/|$)|(?:openapi\.json|swagger\.json|favicon\.ico|runes|events|metrics|health)$)/.test(
      root,
    )
  ) {
    throw new OptionError(`\`${name}\` must not be ${show(value)}: the server uses this path.`);
  }
  return root;
}

/** Reads a policy of visible ASCII characters: a line break would add another header. */
function readPolicy(name: string, value: string): string {
  if (/^(["'`])(?:(?!\1).)*\1$/s.test(value) && !/^'[a-z-]+'$/.test(value)) {
    throw new OptionError(
      `\`${name}\` is in quotes, which browsers do not understand: write ${name}=default-src 'self', without quotes around it.`,
    );
  }
  if (!/^[\x20-\x7e]*$/.test(value)) {
    throw new OptionError(
      `\`${name}\` must be a Content-Security-Policy in visible ASCII characters. ${show(value)} is not.`,
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
      `\`${name}\` accepts \`*\`, origins like \`https://localhost:5500\`, and regular expressions for whole origins: ${reason}.`,
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
        `\`${name}\` accepts IP addresses, ranges like \`10.0.0.0/8\` and \`fd00::/8\`, and \`loopback\`. ${show(value)} is not one of them.`,
        { cause },
      );
    }
  }
  return values;
}

function resolveHosts(name: string, values: readonly string[]): Promise<HostAddresses[]> {
  return readHosts(values, async (host) => {
    const problem = interfaceProblem(host);
    if (problem !== undefined) {
      throw new OptionError(`\`${name}\` ${show(host)} cannot be used: ${problem}.`);
    }
    try {
      return await resolveHost(host);
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
      throw new OptionError(
        `\`${name}\` should be a valid IP. ${show(host)} is not an IP address, and not a host name that resolves${code}. Set an address of this machine, or 0.0.0.0 for all of them.`,
        { cause },
      );
    }
  });
}

function readNames(name: string, values: readonly string[]): readonly string[] {
  return values.map((value) => {
    const found = readName(value);
    if (found !== undefined) return found;
    throw new OptionError(
      `\`${name}\` accepts DNS names like \`node.example.com\` and IP addresses like \`203.0.113.7\`, without scheme, port and path. ${show(value)} is neither.`,
    );
  });
}

/** Formats a value for a sentence: on one line, and truncated. */
function show(value: string): string {
  const text = JSON.stringify(value).slice(1, -1);
  return `\`${text.length > 100 ? `${text.slice(0, 100)}…` : text}\``;
}
