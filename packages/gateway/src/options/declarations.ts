import type { OptionDeclarations } from '@clnrest/lightningd';
import type { Build } from '../builds.ts';

/** The options, without the prefix that the builds differ in. `docs/reference/options.md` tells more. */
export const OPTIONS = {
  port: {
    type: 'int',
    description: 'REST server port to listen on. Without it, the plugin is not started',
  },
  protocol: {
    type: 'string',
    default: 'https',
    description: 'REST server protocol: https or http',
  },
  host: {
    type: 'string',
    default: '127.0.0.1',
    description: 'REST server host: an IP address, or a name that resolves',
  },
  certs: {
    type: 'string',
    description: 'Path of the directory for certificates and keys (for https)',
  },
  csp: {
    type: 'string',
    default:
      "default-src 'self'; font-src 'self'; img-src 'self' data:; frame-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline';",
    description: 'Content-Security-Policy of every answer',
  },
  'cors-origins': {
    type: 'string',
    multi: true,
    default: '*',
    description: 'Origins that may call from web pages: *, an origin, or a regular expression',
  },
  'swagger-root': {
    type: 'string',
    default: '/',
    description: 'Path of the Swagger user interface',
  },
  'rune-recheck': {
    type: 'int',
    default: 60,
    description: 'Seconds within which a listener whose rune is taken back hears no more',
  },
  'trusted-proxies': {
    type: 'string',
    multi: true,
    description: 'Proxies whose X-Forwarded-For counts: an IP address, a range, or loopback',
  },
} as const satisfies OptionDeclarations;

/** The options under the names that a build has for them. */
export type DeclaredOptions = {
  readonly [Name in keyof typeof OPTIONS as `${Build['prefix']}-${Name}`]: (typeof OPTIONS)[Name];
};

/** What a build tells lightningd of its options. */
export function declareOptions(build: Build): DeclaredOptions {
  const named = Object.entries(OPTIONS).map(([name, option]) => [
    `${build.prefix}-${name}`,
    option,
  ]);
  // The type has both builds' names, of which this object has one's: which one is known to `build`.
  return Object.fromEntries(named) as DeclaredOptions;
}
