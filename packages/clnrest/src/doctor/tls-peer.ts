import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { hostOf, portOf } from './patient.ts';

/** Who answered a TLS handshake. */
export interface TlsPeer {
  /** `TLSv1.3` */
  readonly protocol: string;
  readonly certificate: X509Certificate;
  /** What it sent besides, from the issuer of the certificate upwards. */
  readonly chain: readonly X509Certificate[];
  /** What OpenSSL, or Node behind it, has against the certificate; nothing where it is trusted. */
  readonly objection: string | undefined;
}

/** Longer chains are nobody's. */
const LONGEST_CHAIN = 10;

/**
 * Shakes hands, whoever it is, and sends nothing else.
 *
 * @param ca to trust, as PEM text; the system's without it
 */
export function shakeHands(
  url: URL,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<TlsPeer> {
  const host = hostOf(url);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: portOf(url),
      // An address is no server name (RFC 6066, section 3).
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
      if (peer === undefined) reject(new Error('the server shows no certificate'));
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
    if (chain.push(next) === LONGEST_CHAIN) break;
  }
  // A text, whatever the types say.
  const objection = socket.authorized ? undefined : String(socket.authorizationError);
  return { protocol: socket.getProtocol() ?? 'TLS', certificate, chain, objection };
}
