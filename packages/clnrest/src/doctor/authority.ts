import { X509Certificate } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { dateOf } from './dates.ts';
import { type Finding, finding } from './findings.ts';
import { oneLine } from './one-line.ts';
import type { Patient } from './patient.ts';
import { readShort } from './read-text.ts';
import { within } from './time-limit.ts';

/** Where the certificate authority to trust comes from. */
export type AuthoritySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'link'; readonly pem: string }
  | { readonly kind: 'system' };

/** Whom to trust. */
export interface Authority {
  readonly finding: Finding;
  /** As PEM text; nothing where it is the system's, or could not be read. */
  readonly ca: string | undefined;
  /** Nothing where it could not be read. */
  readonly certificates: readonly X509Certificate[];
  readonly isSystem: boolean;
}

const COPY =
  'copy ca.pem from the node (<lightning-dir>/<network>/clnrest, or one level up for the clnrest build) and name it with --ca';
/** A system's file of all authorities has some 200 kB. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Reads whom to trust. */
export async function readAuthority(patient: Patient): Promise<Authority> {
  const { authority: source, now } = patient;
  if (source.kind === 'system') return ofSystem();
  if (source.kind === 'link') return look(source.pem, 'the pairing link', now());
  try {
    // A file may have no end, or a pipe no beginning.
    const text = await within(patient, (signal) =>
      readShort(createReadStream(source.path, { signal }), MOST_BYTES),
    );
    return look(text, source.path, now());
  } catch (error) {
    patient.signal.throwIfAborted();
    return unreadable(source.path, error as NodeJS.ErrnoException);
  }
}

/** Those that Node brings along; who adds some, by NODE_EXTRA_CA_CERTS, has them trusted too. */
export function systemCertificates(): X509Certificate[] {
  return rootCertificates.map((pem) => new X509Certificate(pem));
}

function ofSystem(): Authority {
  const found = 'none was given: those that Node brings along are trusted';
  return {
    finding: finding('authority', 'authority_of_system', found),
    ca: undefined,
    certificates: systemCertificates(),
    isSystem: true,
  };
}

function look(text: string, where: string, now: Date): Authority {
  const certificates = certificatesOf(text);
  const usable = { ca: text, certificates, isSystem: false };
  const [first] = certificates;
  if (first === undefined) {
    const found = `there is no certificate in ${where}`;
    return without(finding('authority', 'authority_malformed', found, { remedy: COPY }));
  }
  const isAnchor = certificates.some(({ ca, issuer, subject }) => ca || issuer === subject);
  if (!isAnchor) {
    const found = `${oneLine(first.subject)} in ${where} is a certificate of a server or client, not of an authority`;
    return without(finding('authority', 'authority_is_none', found, { remedy: COPY }));
  }
  const ended = certificates.find(({ validTo }) => new Date(validTo) <= now);
  const early = certificates.find(({ validFrom }) => new Date(validFrom) > now);
  if (ended !== undefined || early !== undefined) {
    const when =
      ended === undefined
        ? `is valid from ${dateOf(early?.validFrom ?? '')} on`
        : `ended on ${dateOf(ended.validTo)}`;
    const found = `the authority in ${where} ${when}`;
    const remedy = ended === undefined ? `set this machine's clock` : `${RENEW_ALL}, then ${COPY}`;
    return { ...usable, finding: finding('authority', 'authority_over', found, { remedy }) };
  }
  const found = `${oneLine(first.subject)} in ${where}, until ${dateOf(first.validTo)}`;
  if (text.includes('PRIVATE KEY-----')) {
    const remedy = 'keys need not leave the node: keep ca.pem alone';
    const words = `${found}; there is a private key in it, too`;
    return { ...usable, finding: finding('authority', 'authority_with_key', words, { remedy }) };
  }
  return { ...usable, finding: finding('authority', 'authority_read', found) };
}

const RENEW_ALL =
  'on the node, move all .pem files out of the directory of certificates and start the plugin again';

function unreadable(path: string, { code, message }: NodeJS.ErrnoException): Authority {
  if (code === 'ENOENT') {
    const found = `there is no file ${path}`;
    return without(finding('authority', 'authority_missing', found, { remedy: COPY }));
  }
  const found = `${path} can not be read (${code ?? message})`;
  return without(
    finding('authority', 'authority_unreadable', found, {
      remedy: code === 'EISDIR' ? 'name the file in it: ca.pem' : 'see to its permissions',
    }),
  );
}

function without(found: Finding): Authority {
  return { finding: found, ca: undefined, certificates: [], isSystem: false };
}

/** All certificates of a text that can be read. */
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
