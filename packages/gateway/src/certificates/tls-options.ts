import type { SecureContextOptions } from 'node:tls';
import type { Identity } from './identity.ts';

/**
 * The options of a TLS server with this pair. The server asks no client for a certificate, so it needs no authorities: without
 * the empty list, Node would parse all public ones, which takes 40 ms of a start.
 */
export function tlsOptions({ cert, key }: Pick<Identity, 'cert' | 'key'>): SecureContextOptions {
  return { cert, key, ca: [], minVersion: 'TLSv1.2' };
}
