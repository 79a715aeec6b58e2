import type { X509Certificate } from 'node:crypto';
import { type Authority, systemCertificates } from './authority.ts';
import { type Finding, finding } from './findings.ts';
import { oneLine } from './one-line.ts';
import type { TlsPeer } from './tls-peer.ts';

const COPY_AGAIN =
  'copy ca.pem from the node (<lightning-dir>/<network>/clnrest, or one level up for the clnrest build) and name it with --ca';
/** RFC 5280, 4.2.1.12: id-kp-serverAuth, and what stands for every purpose. */
const FOR_SERVERS = new Set(['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']);
/** Node's own objection, which it has only where OpenSSL has none. */
const OTHER_HOST = 'ERR_TLS_CERT_ALTNAME_INVALID';
/** Objections that other checks tell in more words. */
const OF_OTHER_CHECKS = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', OTHER_HOST]);

/**
 * Who signed the certificate, and whether that one is trusted. OpenSSL names one objection of several, so the
 * way from the certificate to the authority is walked here; that OpenSSL agrees is asked in the end.
 */
export function checkSignature(peer: TlsPeer, authority: Authority): Finding {
  const { certificate, objection } = peer;
  const last = lastBelow(peer, authority.certificates);
  const signer = signerOf(last, authority.certificates);
  const isTrusted = objection === undefined || objection === OTHER_HOST;
  if (signer === undefined && !isTrusted) return stranger(peer, last, authority);
  const purposes = certificate.keyUsage as readonly string[] | undefined;
  if (purposes !== undefined && !purposes.some((each) => FOR_SERVERS.has(each))) {
    const found = `${oneLine(certificate.subject)} is a certificate for clients, or for something else than servers`;
    return finding('signature', 'purpose_wrong', found, {
      remedy: "have the gateway serve with a server's: on the node, see to server.pem",
    });
  }
  if (objection !== undefined && !OF_OTHER_CHECKS.has(objection)) {
    return finding('signature', 'signature_refused', `not accepted: ${words(objection)}`, {
      remedy:
        'have the certificate made anew: on the node, remove server.pem and server-key.pem and start the plugin again',
    });
  }
  const found = `${oneLine(certificate.subject)}, signed by ${oneLine(last.issuer)}`;
  return finding('signature', 'signature_trusted', found);
}

/** From the certificate upwards, the last one before an authority, or before nobody. */
function lastBelow(
  { certificate, chain }: TlsPeer,
  authorities: readonly X509Certificate[],
): X509Certificate {
  let at = certificate;
  for (const next of chain) {
    if (signerOf(at, authorities) !== undefined || !isSignedBy(at, next)) return at;
    at = next;
  }
  return at;
}

function signerOf(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
): X509Certificate | undefined {
  return authorities.find((authority) => isSignedBy(certificate, authority));
}

function isSignedBy(certificate: X509Certificate, by: X509Certificate): boolean {
  try {
    return certificate.checkIssued(by) && certificate.verify(by.publicKey);
  } catch {
    // A key of a kind that OpenSSL does not know.
    return false;
  }
}

function stranger(
  { certificate, objection = '' }: TlsPeer,
  last: X509Certificate,
  { certificates, isSystem }: Authority,
): Finding {
  const namesake = isSystem
    ? undefined
    : certificates.find(({ subject }) => subject === last.issuer);
  if (namesake !== undefined) {
    const found = `signed by an authority that is called ${oneLine(last.issuer)} like the given one, and is another`;
    return finding('signature', 'authority_replaced', found, {
      remedy: `the node's certificates were made anew, or it is another node: ${COPY_AGAIN}`,
    });
  }
  if (!isSystem && signerOf(last, systemCertificates()) !== undefined) {
    const found = `signed by ${oneLine(last.issuer)}, which every program trusts, and not by the given authority`;
    return finding('signature', 'authority_not_needed', found, {
      remedy: 'leave --ca out: a proxy with a certificate of its own is in front of the node',
    });
  }
  if (last.issuer === last.subject && last === certificate) {
    const found = `${oneLine(certificate.subject)} is signed by itself alone`;
    return finding('signature', 'self_signed', found, {
      remedy: `if it is yours, name that very certificate with --ca; if it should be the plugin's, ${COPY_AGAIN}`,
    });
  }
  const found = `signed by ${oneLine(last.issuer)}, which is not trusted here (${words(objection)})`;
  return finding('signature', 'authority_unknown', found, { remedy: COPY_AGAIN });
}

/** `UNABLE_TO_VERIFY_LEAF_SIGNATURE` → words. */
function words(objection: string): string {
  return objection.replaceAll('_', ' ').toLowerCase();
}
