/** A private key with a passphrase: PKCS #8 (RFC 5958), and the older form of OpenSSL (RFC 1421). */
const ENCRYPTED = /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: *4,ENCRYPTED/m;

/** Throws an error with a sentence if a key has a passphrase, for which lightningd cannot ask. */
export function rejectEncryptedKey(pem: string, path: string): void {
  if (!ENCRYPTED.test(pem)) return;
  throw new Error(
    `${path} is encrypted: write the key without a passphrase, with openssl pkey -in ${path} -out key.pem, and move key.pem to ${path}`,
  );
}
