import type { X509Certificate } from 'node:crypto';
import { type Authority, COPY_CA, systemCertificates } from './authority.ts';
import { type Finding, finding } from './findings.ts';
import { oneLine } from './one-line.ts';
import type { TlsPeer } from './tls-peer.ts';

/** RFC 5280, 4.2.1.12: id-kp-serverAuth and anyExtendedKeyUsage. */
const SERVER_PURPOSES = new Set(['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']);
/** Node's own error, which it reports only if OpenSSL reports none. */
const HOST_MISMATCH = 'ERR_TLS_CERT_ALTNAME_INVALID';
/** Errors that other checks describe in more detail. */
const REPORTED_ELSEWHERE = new Set(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', HOST_MISMATCH]);

/**
 * Checks who signed the certificate, and whether the signer is trusted. OpenSSL reports only one of several errors, so
 * this walks the chain from the certificate to the authority itself, and also requires OpenSSL's consent.
 */
export function checkSignature(peer: TlsPeer, authority: Authority): Finding {
  const { certificate, verifyError } = peer;
  const last = lastOfChain(peer, authority.certificates);
  const signer = signerOf(last, authority.certificates);
  const isTrusted = verifyError === undefined || verifyError === HOST_MISMATCH;
  if (signer === undefined && !isTrusted) return untrusted(peer, last, authority);
  const purposes = certificate.keyUsage as readonly string[] | undefined;
  if (purposes !== undefined && !purposes.some((each) => SERVER_PURPOSES.has(each))) {
    const found = `${oneLine(certificate.subject)} is not a server certificate`;
    return finding('signature', 'purpose_wrong', found, {
      remedy: 'on the node, replace server.pem with a server certificate',
    });
  }
  if (verifyError !== undefined && !REPORTED_ELSEWHERE.has(verifyError)) {
    const found = `rejected: ${inWords(verifyError)}`;
    return finding('signature', 'signature_refused', found, {
      remedy:
        'renew the certificate: on the node, remove server.pem and server-key.pem and restart the plugin',
    });
  }
  const found = `${oneLine(certificate.subject)}, signed by ${oneLine(last.issuer)}`;
  return finding('signature', 'signature_trusted', found);
}

/** Returns the last certificate of the chain that an authority signed, or where the chain breaks. */
function lastOfChain(
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

function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    // OpenSSL does not support this kind of key.
    return false;
  }
}

function untrusted(
  { certificate, verifyError = '' }: TlsPeer,
  last: X509Certificate,
  { certificates, isSystem }: Authority,
): Finding {
  const namesake = isSystem
    ? undefined
    : certificates.find(({ subject }) => subject === last.issuer);
  if (namesake !== undefined) {
    const found = `signed by another authority with the same name as the given one, ${oneLine(last.issuer)}`;
    return finding('signature', 'authority_replaced', found, {
      remedy: `the node's certificates were replaced, or this is another node: ${COPY_CA}`,
    });
  }
  if (!isSystem && signerOf(last, systemCertificates()) !== undefined) {
    const found = `signed by the public authority ${oneLine(last.issuer)}, not by the given one`;
    return finding('signature', 'authority_not_needed', found, {
      remedy: 'omit --ca: a proxy with its own certificate is in front of the node',
    });
  }
  if (last.issuer === last.subject && last === certificate) {
    const found = `${oneLine(certificate.subject)} is self-signed`;
    return finding('signature', 'self_signed', found, {
      remedy: `if the certificate is yours, pass it with --ca; if the server should be the plugin, ${COPY_CA}`,
    });
  }
  const found = `signed by ${oneLine(last.issuer)}, which is not trusted (${inWords(verifyError)})`;
  return finding('signature', 'authority_unknown', found, { remedy: COPY_CA });
}

/** `UNABLE_TO_VERIFY_LEAF_SIGNATURE` → `unable to verify leaf signature`. */
function inWords(code: string): string {
  return code.replaceAll('_', ' ').toLowerCase();
}
