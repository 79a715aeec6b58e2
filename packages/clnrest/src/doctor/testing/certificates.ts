// tsyringe, inside @peculiar/x509, wants it to be there first.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

const DAY_MS = 86_400_000;
const CURVE = { name: 'ECDSA', namedCurve: 'P-256' };
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' };

/** What a certificate is to say; all else is as it should be. */
export interface CertificateWish {
  readonly name?: string;
  /** Days from now. */
  readonly from?: number;
  readonly until?: number;
  readonly names?: x509.JsonGeneralNames;
  /** It may sign others. */
  readonly isAuthority?: boolean;
  readonly purpose?: 'serverAuth' | 'clientAuth';
}

/** A certificate with its key, and who signed it. */
export interface Made {
  readonly cert: string;
  readonly key: string;
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

const LOOPBACK: x509.JsonGeneralNames = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
];

/** Makes a certificate, signed by an authority or by itself. */
export async function certify(wish: CertificateWish = {}, by?: Made): Promise<Made> {
  const { name = 'cln rest server', from = -1, until = 365, names = LOOPBACK } = wish;
  const { isAuthority = false, purpose = 'serverAuth' } = wish;
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
  const certificate = await (by === undefined
    ? x509.X509CertificateGenerator.createSelfSigned({ ...common, name: subject, keys })
    : x509.X509CertificateGenerator.create({
        ...common,
        subject,
        issuer: by.certificate.subjectName,
        publicKey: keys.publicKey,
        signingKey: by.keys.privateKey,
      }));
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`,
    certificate,
    keys,
  };
}

/** An authority, by default with the name that the gateway gives its own. */
export function authority(wish: CertificateWish = {}, by?: Made): Promise<Made> {
  return certify({ name: 'cln Root REST CA', isAuthority: true, ...wish }, by);
}
