// tsyringe, which @peculiar/x509 contains, requires reflect-metadata to be loaded first.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

const DAY_MS = 86_400_000;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };

/** Properties of a test certificate; the defaults make it valid. */
export interface CertificateOptions {
  readonly name?: string;
  /** The start of its validity, in days from now. */
  readonly from?: number;
  /** The end of its validity, in days from now. */
  readonly until?: number;
  readonly names?: x509.JsonGeneralNames;
  /** Whether it can sign others. */
  readonly isAuthority?: boolean;
  readonly purpose?: 'serverAuth' | 'clientAuth';
}

/** A certificate with its key. */
export interface IssuedCertificate {
  readonly cert: string;
  readonly key: string;
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

const LOOPBACK: x509.JsonGeneralNames = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
];

/** Issues a certificate, self-signed if no issuer is given. */
export async function issueCertificate(
  options: CertificateOptions = {},
  issuer?: IssuedCertificate,
): Promise<IssuedCertificate> {
  const { name = 'cln rest server', from = -1, until = 365, names = LOOPBACK } = options;
  const { isAuthority = false, purpose = 'serverAuth' } = options;
  const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const common = {
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    notBefore: new Date(Date.now() + from * DAY_MS),
    notAfter: new Date(Date.now() + until * DAY_MS),
    signingAlgorithm: SIGNATURE,
    extensions: isAuthority
      ? [new x509.BasicConstraintsExtension(true, undefined, true)]
      : [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[purpose]]),
          new x509.SubjectAlternativeNameExtension(names),
        ],
  };
  const subject = `CN=${name}`;
  const certificate = await (issuer === undefined
    ? x509.X509CertificateGenerator.createSelfSigned({ ...common, name: subject, keys })
    : x509.X509CertificateGenerator.create({
        ...common,
        subject,
        issuer: issuer.certificate.subjectName,
        publicKey: keys.publicKey,
        signingKey: issuer.keys.privateKey,
      }));
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
    certificate,
    keys,
  };
}

/** Issues a certificate authority, by default with the name that the gateway gives its own. */
export function issueAuthority(
  options: CertificateOptions = {},
  issuer?: IssuedCertificate,
): Promise<IssuedCertificate> {
  return issueCertificate({ name: 'cln Root REST CA', isAuthority: true, ...options }, issuer);
}
