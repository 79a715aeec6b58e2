import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_clientAuth,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from '@peculiar/asn1-x509';

/** ecdsa-with-SHA256 (RFC 5758, 3.2). */
const SIGNATURE = new AlgorithmIdentifier({ algorithm: '1.2.840.10045.4.3.2' });

/** id-at-commonName (RFC 5280, A.1). */
const COMMON_NAME = '2.5.4.3';

const EXTENDED_KEY_USAGES = { server: id_kp_serverAuth, client: id_kp_clientAuth };

/** The contents of a certificate that vary between ours. */
export interface CertificateFields {
  readonly subject: Name;
  readonly issuer: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Extension[];
}

/** Signs an X.509 v3 certificate (RFC 5280) with an ECDSA P-256 key. Returns it in PEM. */
export function signCertificate(fields: CertificateFields, signingKey: KeyObject): string {
  const { subject, issuer, notBefore, notAfter, publicKey, extensions } = fields;
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: serialNumber(),
    signature: SIGNATURE,
    issuer,
    validity: new Validity({ notBefore, notAfter }),
    subject,
    subjectPublicKeyInfo: subjectPublicKeyInfo(publicKey),
    extensions: new Extensions([...extensions]),
  });
  const signed = Buffer.from(AsnConvert.serialize(tbsCertificate));
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: SIGNATURE,
    signatureValue: arrayBuffer(sign('sha256', signed, signingKey)),
  });
  return pem(Buffer.from(AsnConvert.serialize(certificate)));
}

/** Parses a certificate in DER. */
export function parseCertificate(der: Buffer): TBSCertificate {
  return AsnConvert.parse(der, Certificate).tbsCertificate;
}

/** A name with only a common name. */
export function commonName(utf8String: string): Name {
  const value = new AttributeValue({ utf8String });
  const attribute = new AttributeTypeAndValue({ type: COMMON_NAME, value });
  return new Name([new RelativeDistinguishedName([attribute])]);
}

/** An authority's extensions. It signs leaf certificates, and no other authorities. */
export function authorityExtensions(publicKey: KeyObject): Extension[] {
  const { keyCertSign, cRLSign } = KeyUsageFlags;
  return [
    critical(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 })),
    critical(id_ce_keyUsage, new KeyUsage(keyCertSign | cRLSign)),
    extension(id_ce_subjectKeyIdentifier, subjectKeyIdentifier(publicKey)),
  ];
}

/** A leaf's extensions. `names` are DNS names, `addresses` are IP addresses. */
export function leafExtensions(
  kind: 'server' | 'client',
  publicKey: KeyObject,
  issuer: TBSCertificate,
  { names, addresses }: { readonly names: Iterable<string>; readonly addresses: Iterable<string> },
): Extension[] {
  const alternatives = [
    ...[...names].map((dNSName) => new GeneralName({ dNSName })),
    ...[...addresses].map((address) => new GeneralName({ iPAddress: hexGroups(address) })),
  ];
  const keyIdentifier = new KeyIdentifier(issuerKeyIdentifier(issuer));
  return [
    critical(id_ce_basicConstraints, new BasicConstraints({ cA: false })),
    critical(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature)),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([EXTENDED_KEY_USAGES[kind]])),
    extension(id_ce_subjectAltName, new SubjectAlternativeName(alternatives)),
    extension(id_ce_subjectKeyIdentifier, subjectKeyIdentifier(publicKey)),
    extension(id_ce_authorityKeyIdentifier, new AuthorityKeyIdentifier({ keyIdentifier })),
  ];
}

function extension(extnID: string, value: object, isCritical = false): Extension {
  const extnValue = new OctetString(AsnConvert.serialize(value));
  return new Extension({ extnID, critical: isCritical, extnValue });
}

function critical(extnID: string, value: object): Extension {
  return extension(extnID, value, true);
}

/** 127 random bits (RFC 5280, 4.1.2.2: positive, at most 20 octets). */
function serialNumber(): ArrayBuffer {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(0) & 0x7f) | 0x40, 0);
  return arrayBuffer(bytes);
}

function subjectPublicKeyInfo(publicKey: KeyObject): SubjectPublicKeyInfo {
  return AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), SubjectPublicKeyInfo);
}

/** SHA-1 of the key's bits (RFC 5280, 4.2.1.2, method 1). It identifies the key and protects nothing. */
function keyIdentifierOf({ subjectPublicKey }: SubjectPublicKeyInfo): ArrayBuffer {
  return arrayBuffer(createHash('sha1').update(Buffer.from(subjectPublicKey)).digest());
}

function subjectKeyIdentifier(publicKey: KeyObject): SubjectKeyIdentifier {
  return new SubjectKeyIdentifier(keyIdentifierOf(subjectPublicKeyInfo(publicKey)));
}

/** The identifier in the issuer's certificate, however the issuer computed it. */
function issuerKeyIdentifier({
  extensions,
  subjectPublicKeyInfo: info,
}: TBSCertificate): ArrayBuffer {
  const own = extensions?.find(({ extnID }) => extnID === id_ce_subjectKeyIdentifier);
  return own === undefined
    ? keyIdentifierOf(info)
    : AsnConvert.parse(own.extnValue, SubjectKeyIdentifier).buffer;
}

/** The address with only hexadecimal groups if it is IPv6: the library does not parse `::ffff:127.0.0.1`. */
function hexGroups(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}

function arrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** RFC 7468: lines of 64 characters. */
function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
