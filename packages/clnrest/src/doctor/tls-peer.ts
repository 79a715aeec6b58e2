import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { hostOf, portOf } from './url-parts.ts';

/** The server of a TLS handshake. */
export interface TlsPeer {
  /** `TLSv1.3` */
  readonly protocol: string;
  readonly certificate: X509Certificate;
  /** The intermediate and root certificates, from the issuer of the certificate upwards. */
  readonly chain: readonly X509Certificate[];
  /** Why OpenSSL or Node rejects the certificate; undefined if it is trusted. */
  readonly verifyError: string | undefined;
}

/** Longer than any usual chain; limits a server that sends an endless one. */
const MAX_CHAIN_LENGTH = 10;

/**
 * Performs a TLS handshake with any server, trusted or not, and sends no data.
 *
 * @param ca authorities to trust, as PEM text; by default the system's
 */
export function tlsHandshake(
  url: URL,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<TlsPeer> {
  const host = hostOf(url);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: portOf(url),
      // RFC 6066, section 3, forbids addresses as server names.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: false,
      ...(ca === undefined ? {} : { ca }),
    });
    signal.addEventListener('abort', () => socket.destroy());
    if (signal.aborted) socket.destroy();
    socket.on('error', reject);
    socket.on('secureConnect', () => {
      const peer = peerOf(socket);
      socket.destroy();
      if (peer === undefined) reject(new Error('the server sends no certificate'));
      else resolve(peer);
    });
  });
}

function peerOf(socket: TLSSocket): TlsPeer | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const chain: X509Certificate[] = [];
  for (
    let next = certificate.issuerCertificate;
    next !== undefined;
    next = next.issuerCertificate
  ) {
    if (chain.push(next) === MAX_CHAIN_LENGTH) break;
  }
  // authorizationError is a string at run time, although its type is Error.
  const verifyError = socket.authorized ? undefined : String(socket.authorizationError);
  return { protocol: socket.getProtocol() ?? 'TLS', certificate, chain, verifyError };
}
