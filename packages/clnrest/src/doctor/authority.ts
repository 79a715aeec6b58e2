import { X509Certificate } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { dateOf } from './dates.ts';
import { type Finding, finding } from './findings.ts';
import { oneLine } from './one-line.ts';
import { readBody } from './read-body.ts';
import { withStepTimeout } from './step-timeout.ts';
import type { DoctorTarget } from './target.ts';

/** The certificate authority to trust. */
export interface Authority {
  readonly finding: Finding;
  /** PEM text; absent for the system's authorities, or if the file could not be read. */
  readonly ca: string | undefined;
  /** Empty if the file could not be read. */
  readonly certificates: readonly X509Certificate[];
  readonly isSystem: boolean;
}

/** The remedy if a different CA file is needed. */
export const COPY_CA =
  'copy ca.pem from the node (<lightning-dir>/<network>/clnrest, or one level up for the clnrest build) and pass it with --ca';
const RENEW_ALL =
  "on the node, move all .pem files out of the plugin's certificate directory and restart the plugin";

/** Bundles of all public authorities have about 200 kB. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Reads the certificate authority to trust. */
export async function readAuthority(target: DoctorTarget): Promise<Authority> {
  const { authority: source, now } = target;
  if (source.kind === 'system') return systemAuthority();
  if (source.kind === 'link') return parseAuthority(source.pem, 'the pairing link', now());
  try {
    // Limits time and size: the path can name a device or a pipe.
    const text = await withStepTimeout(target, (signal) =>
      readBody(createReadStream(source.path, { signal }), MAX_BYTES),
    );
    return parseAuthority(text, source.path, now());
  } catch (error) {
    target.signal.throwIfAborted();
    return unreadable(source.path, error as NodeJS.ErrnoException);
  }
}

/** Returns the root certificates that are built into Node; Node also trusts NODE_EXTRA_CA_CERTS. */
export function systemCertificates(): X509Certificate[] {
  return rootCertificates.map((pem) => new X509Certificate(pem));
}

function systemAuthority(): Authority {
  const found = "no authority given: Node's built-in authorities are trusted";
  return {
    finding: finding('authority', 'authority_of_system', found),
    ca: undefined,
    certificates: systemCertificates(),
    isSystem: true,
  };
}

function parseAuthority(text: string, where: string, now: Date): Authority {
  const certificates = certificatesOf(text);
  const usable = { ca: text, certificates, isSystem: false };
  const [first] = certificates;
  if (first === undefined) {
    const found = `${where} contains no certificate`;
    return unusable(finding('authority', 'authority_malformed', found, { remedy: COPY_CA }));
  }
  const isAnchor = certificates.some(({ ca, issuer, subject }) => ca || issuer === subject);
  if (!isAnchor) {
    const found = `${oneLine(first.subject)} in ${where} is a server or client certificate, not a certificate authority`;
    return unusable(finding('authority', 'authority_is_none', found, { remedy: COPY_CA }));
  }
  const expired = certificates.find(({ validTo }) => new Date(validTo) <= now);
  const early = certificates.find(({ validFrom }) => new Date(validFrom) > now);
  if (expired !== undefined || early !== undefined) {
    const when =
      expired === undefined
        ? `is not valid before ${dateOf(early?.validFrom ?? '')}`
        : `expired on ${dateOf(expired.validTo)}`;
    const found = `the authority in ${where} ${when}`;
    const remedy =
      expired === undefined ? `set this machine's clock` : `${RENEW_ALL}, then ${COPY_CA}`;
    return { ...usable, finding: finding('authority', 'authority_over', found, { remedy }) };
  }
  const found = `${oneLine(first.subject)} in ${where}, valid until ${dateOf(first.validTo)}`;
  if (text.includes('PRIVATE KEY-----')) {
    const remedy = 'leave private keys on the node: copy only ca.pem';
    const withKey = `${found}; the file also contains a private key`;
    return { ...usable, finding: finding('authority', 'authority_with_key', withKey, { remedy }) };
  }
  return { ...usable, finding: finding('authority', 'authority_read', found) };
}

function unreadable(path: string, { code, message }: NodeJS.ErrnoException): Authority {
  if (code === 'ENOENT') {
    const found = `${path} does not exist`;
    return unusable(finding('authority', 'authority_missing', found, { remedy: COPY_CA }));
  }
  const found = `cannot read ${path} (${code ?? message})`;
  return unusable(
    finding('authority', 'authority_unreadable', found, {
      remedy:
        code === 'EISDIR'
          ? 'pass the path of the file in that directory, such as ca.pem'
          : 'check the permissions of the file',
    }),
  );
}

function unusable(reason: Finding): Authority {
  return { finding: reason, ca: undefined, certificates: [], isSystem: false };
}

/** Returns the certificates in PEM text, without those that cannot be parsed. */
function certificatesOf(text: string): X509Certificate[] {
  return text.split('-----BEGIN CERTIFICATE-----').flatMap((part) => {
    const [body = '', rest] = part.split('-----END CERTIFICATE-----');
    if (rest === undefined) return [];
    try {
      return [new X509Certificate(`-----BEGIN CERTIFICATE-----${body}-----END CERTIFICATE-----\n`)];
    } catch {
      return [];
    }
  });
}
