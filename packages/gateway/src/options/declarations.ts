import type { OptionDeclarations } from '@clnrest/lightningd';
import type { Build } from '../builds.ts';

/** The options without the prefix of a build. See `docs/reference/options.md`. */
export const OPTIONS = {
  port: {
    type: 'int',
    description: 'REST server port to listen on. If not set, the plugin does not start',
  },
  protocol: {
    type: 'string',
    default: 'https',
    description: 'REST server protocol: https or http',
  },
  host: {
    type: 'string',
    multi: true,
    default: '127.0.0.1',
    description: 'REST server host to listen on: an IP address, or a name that resolves',
  },
  names: {
    type: 'string',
    multi: true,
    description: 'Further DNS names and IP addresses in the server certificate (for https)',
  },
  certs: {
    type: 'string',
    description: 'Path of the directory for certificates and keys (for https)',
  },
  csp: {
    type: 'string',
    default:
      "default-src 'self'; font-src 'self'; img-src 'self' data:; frame-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline';",
    description: 'Content-Security-Policy of every response',
  },
  'cors-origins': {
    type: 'string',
    multi: true,
    default: '*',
    description:
      'Origins of web pages that may call the server: *, an origin or a regular expression',
  },
  'swagger-root': {
    type: 'string',
    default: '/',
    description: 'Path of the Swagger user interface',
  },
  'rune-recheck': {
    type: 'int',
    default: 60,
    description: 'Seconds within which a subscriber is disconnected after its rune is revoked',
  },
  judge: {
    type: 'string',
    default: 'auto',
    description:
      'Part that checks runes: auto (the plugin where it can, otherwise the node) or node',
  },
  'log-calls': {
    type: 'string',
    default: 'off',
    description:
      'Allowed calls that are logged: off, commands, or parameters (with secrets hidden)',
  },
  'metrics-port': {
    type: 'int',
    description: 'Port of plain HTTP for metrics without a rune. If not set, it is not opened',
  },
  'metrics-host': {
    type: 'string',
    default: '127.0.0.1',
    description: 'IP address for metrics without a rune',
  },
  'trusted-proxies': {
    type: 'string',
    multi: true,
    description: 'Proxies whose X-Forwarded-For is trusted: an IP address, a range or loopback',
  },
  redis: {
    type: 'string-conceal',
    description:
      'Address of Redis, which passes notifications to other gateways: redis://HOST:PORT',
  },
  'redis-ca': {
    type: 'string',
    description: 'File with the authority of the certificate of Redis (for rediss)',
  },
  'redis-length': {
    type: 'int',
    default: 100_000,
    description: 'Notifications that Redis keeps, about',
  },
} as const satisfies OptionDeclarations;

/** The options with the prefix of a build. */
export type DeclaredOptions = {
  readonly [Name in keyof typeof OPTIONS as `${Build['prefix']}-${Name}`]: (typeof OPTIONS)[Name];
};

/** Returns the option declarations of a build for lightningd. */
export function declareOptions(build: Build): DeclaredOptions {
  const named = Object.entries(OPTIONS).map(([name, option]) => [
    `${build.prefix}-${name}`,
    option,
  ]);
  // The type lists the names of both builds, but the object has only those of `build`.
  return Object.fromEntries(named) as DeclaredOptions;
}

// A separate gateway only reads the stream.
const { 'redis-length': _redisLength, ...shared } = OPTIONS;

/** The options of a gateway that runs as a process of its own: those of the plugins, without the prefix. */
export const SERVICE_OPTIONS = {
  ...shared,
  port: { type: 'int', default: 3010, description: 'REST server port to listen on' },
} as const satisfies OptionDeclarations;
