// tsyringe, inside @peculiar/x509, wants it to be there first.
import 'reflect-metadata';
import { createPrivateKey, randomBytes, webcrypto, X509Certificate as Parsed } from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

/** A certificate and its private key, both in PEM. */
export interface Issued {
  readonly certificate: string;
  readonly key: string;
}

/** An authority that can sign. */
export interface Authority {
  readonly certificate: x509.X509Certificate;
  readonly signingKey: webcrypto.CryptoKey;
}

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };
const TEN_YEARS_MS = 3_652 * 86_400_000;
/** Clocks differ: a certificate is good from an hour before it is made. */
const SKEW_MS = 3_600_000;

x509.cryptoProvider.set(webcrypto);

/** Makes an authority: a key, and a certificate that is signed with it. */
export async function issueAuthority(now: Date): Promise<Issued & { authority: Authority }> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: 'CN=cln Root REST CA',
    ...validity(now, now.getTime() + TEN_YEARS_MS),
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: await keyPem(keys.privateKey),
    authority: { certificate, signingKey: keys.privateKey },
  };
}

/**
 * Reads an authority that is there already. Throws where it can't sign what we issue: it is over, the
 * key is not the certificate's, or is not ECDSA P-256.
 */
export async function readAuthority(pem: Issued, now: Date): Promise<Authority> {
  const key = createPrivateKey(pem.key);
  if (!new Parsed(pem.certificate).checkPrivateKey(key)) {
    throw new Error('ca-key.pem is not the key of ca.pem');
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new Error('ca-key.pem is not an ECDSA P-256 key');
  }
  const certificate = new x509.X509Certificate(pem.certificate);
  if (certificate.notAfter <= now) throw new Error('ca.pem is no longer valid');
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, CURVE, false, ['sign']);
  return { certificate, signingKey };
}

/** Makes a key, and a certificate for it that the authority signs. `host` is where the server listens. */
export async function issueLeaf(
  kind: 'server' | 'client',
  { certificate: issuer, signingKey }: Authority,
  host: string,
  now: Date,
): Promise<Issued> {
  const keys = await makeKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=cln rest ${kind}`,
    // The name as it is encoded there: some verifiers compare bytes.
    issuer: issuer.subjectName,
    ...validity(now, Math.min(now.getTime() + TEN_YEARS_MS, issuer.notAfter.getTime())),
    signingAlgorithm: SIGNATURE,
    publicKey: keys.publicKey,
    signingKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[`${kind}Auth`]]),
      new x509.SubjectAlternativeNameExtension(alternativeNames(host)),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await authorityKeyIdentifier(issuer),
    ],
  });
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: await keyPem(keys.privateKey),
  };
}

function makeKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  return `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`;
}

/** 127 random bits (RFC 5280, 4.1.2.2: positive, at most 20 octets). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return bytes.toString('hex');
}

function validity(now: Date, notAfter: number): { notBefore: Date; notAfter: Date } {
  const wholeSeconds = (ms: number) => new Date(ms - (ms % 1_000));
  return {
    notBefore: wholeSeconds(now.getTime() - SKEW_MS),
    notAfter: wholeSeconds(notAfter),
  };
}

/** Every name that a client on this machine, or at the host's address, may know the server by. */
function alternativeNames(host: string): x509.JsonGeneralNames {
  // An address may carry a zone (`fe80::1%eth0`), which is no part of its name elsewhere.
  const address = host.replace(/%.*$/, '');
  const isAddress = isIP(address) !== 0;
  const addresses = new Set(['127.0.0.1', '::1', ...(isAddress ? [address] : [])]);
  const names = new Set(['cln', 'localhost', ...(isAddress ? [] : [host])]);
  return [
    ...[...names].map((value) => ({ type: 'dns' as const, value })),
    ...[...addresses].map((value) => ({ type: 'ip' as const, value })),
  ];
}

/** Points to the issuer by the identifier that the issuer gives itself, however it computed that. */
async function authorityKeyIdentifier(
  issuer: x509.X509Certificate,
): Promise<x509.AuthorityKeyIdentifierExtension> {
  const own = issuer.getExtension(x509.SubjectKeyIdentifierExtension);
  return own === null
    ? x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey)
    : new x509.AuthorityKeyIdentifierExtension(own.keyId);
}
