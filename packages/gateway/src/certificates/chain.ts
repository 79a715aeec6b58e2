import { X509Certificate } from 'node:crypto';

/** Longer than any usual chain. */
const MAX_LENGTH = 10;

/** Returns the certificates of a PEM file, one text each. */
export function splitPem(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
}

/** Parses the certificates of a PEM file. Throws if it has none, or if one is malformed. */
export function parseChain(text: string): [X509Certificate, ...X509Certificate[]] {
  const [first = text, ...rest] = splitPem(text);
  return [new X509Certificate(first), ...rest.map((pem) => new X509Certificate(pem))];
}

/**
 * Returns the certificates from the leaf to the last one that the server sends and that the authorities signed.
 * Returns `undefined` if they signed none.
 *
 * @param sent - the leaf and its intermediates, in any order after the leaf
 * @param authorities - the certificates that clients trust
 */
export function trustedPath(
  sent: readonly [X509Certificate, ...X509Certificate[]],
  authorities: readonly X509Certificate[],
): X509Certificate[] | undefined {
  let [last] = sent;
  const path = [last];
  while (path.length <= MAX_LENGTH) {
    if (authorities.some((authority) => signed(last, authority))) return path;
    const next = sent.find((other) => !path.includes(other) && signed(last, other));
    if (next === undefined) return undefined;
    path.push(next);
    last = next;
  }
  return undefined;
}

function signed(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
