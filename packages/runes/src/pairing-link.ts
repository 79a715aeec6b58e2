import { base64, base64nopad } from '@scure/base';
import { RuneSyntaxError } from './errors.ts';
import { bytesFromText, textFromBytes } from './text.ts';

/**
 * What an app needs to reach a node over REST. As secret as the rune.
 *
 * Core Lightning's guide for app developers describes the link ("CLN connection URIs"):
 * `clnrest+https://host:port?rune=…&certs=…`. cln-application and StartOS write it, Zeus and others read it.
 */
export interface PairingLink {
  /** Where REST is: `https://127.0.0.1:3010`, without a slash at the end. */
  readonly url: string;
  /** What to ask with. Whether it is a rune is not looked at. */
  readonly rune: string;
  /** The certificate authority to trust, as PEM text, where the link brings one. */
  readonly ca: string | undefined;
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/**
 * The link by which a wallet is paired with a node; shown as a QR code it is what wallets scan.
 *
 * The port is always written and nothing stands between it and the `?`, because Zeus takes the text between
 * colon and question mark for the port. `=` stands as it is: who splits there loses padding that nodes
 * don't need, and who decodes nothing has the rune all the same.
 *
 * @param link `url` has no path, no user and no query; `ca` is the text of `ca.pem`, of which the first certificate
 *   goes into the link. That makes it long: a QR code of it is hard to scan.
 * @throws {RuneSyntaxError} `bad_link` for what no reader of such links would understand
 *
 * @example
 * ```ts
 * import { encodePairingLink } from '@clnrest/runes';
 *
 * const rune = 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==';
 * encodePairingLink({ url: 'https://node.local:3010', rune });
 * // => 'clnrest+https://node.local:3010?rune=KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA=='
 * ```
 */
export function encodePairingLink(link: {
  readonly url: string | URL;
  readonly rune: string;
  readonly ca?: string | undefined;
}): string {
  const url = readUrl(String(link.url));
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw bad('a pairing link names a host and a port, and no path');
  }
  const { protocol, hostname } = url;
  const port = url.port === '' ? defaultPort(protocol) : url.port;
  const rune = encodeURIComponent(readRune(link.rune)).replaceAll('%3D', '=');
  const certs = link.ca === undefined ? '' : `&certs=${encodeCertificates(link.ca)}`;
  return `clnrest+${protocol}//${hostname}:${port}?rune=${rune}${certs}`;
}

/**
 * Reads a pairing link. Besides the form that is written today the older `clnrest://host:port?rune=…` is
 * understood, which means https, also with a protocol behind it.
 *
 * Of the keys and certificates that a link may bring, only the authority's certificate is given: the others are for
 * a client to show, and REST asks for none.
 *
 * @throws {RuneSyntaxError} `bad_link`; the message holds nothing of the link
 *
 * @example
 * ```ts
 * import { parsePairingLink } from '@clnrest/runes';
 *
 * parsePairingLink('clnrest+http://node.onion:3010?rune=KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA%3D%3D');
 * // => { url: 'http://node.onion:3010', rune: 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==', ca: undefined }
 * ```
 */
export function parsePairingLink(text: string): PairingLink {
  const form = /^clnrest(?:\+(https?):\/\/|:\/\/(?:(https?):\/\/)?)([^?#]*)\?([^#]*)/i;
  const [, protocol, older = 'https', place = '', query = ''] = form.exec(text.trim()) ?? [];
  if (query === '') throw bad('a pairing link is clnrest+https://host:port?rune=…');
  if (/^https?:/i.test(place)) throw bad('two protocols: one of clnrest+https, clnrest+http');
  if (!/^[^/@]+:[0-9]+(?:\/|$)/.test(place)) throw bad('a host and a port must stand before the ?');
  const url = readUrl(`${protocol ?? older}://${place}`);
  const rune = readRune(value(query, 'rune') ?? '');
  const certs = value(query, 'certs');
  return {
    url: url.href.replace(/\/$/, ''),
    rune,
    ca: certs === undefined ? undefined : decodeCertificates(certs),
  };
}

/** Neither readers nor writers of links write a space as `+`, which is a digit of base64. */
function value(query: string, name: string): string | undefined {
  const [found, another] = query.split('&').filter((part) => part.startsWith(`${name}=`));
  if (another !== undefined) throw bad(`${name} stands there twice`);
  try {
    return found === undefined ? undefined : decodeURIComponent(found.slice(name.length + 1));
  } catch {
    throw bad(`${name} is not percent-encoded as it should be`);
  }
}

function readUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw bad('there is no host and port in it');
  }
  const isHttp = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isHttp || url.username !== '' || url.password !== '') {
    throw bad('it must lead to http or https, and name no user');
  }
  return url;
}

function readRune(text: string): string {
  const rune = text.trim();
  if (!/^[!-~]+$/.test(rune)) throw bad('a rune is missing, or is no rune');
  return rune;
}

function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80';
}

/** Labelled as cln-application does, whose links have `client_key`, `client_cert` and `ca_cert`. */
function encodeCertificates(ca: string): string {
  const certificate = firstCertificate(ca);
  if (certificate === undefined) throw bad('`ca` must be a certificate as PEM text');
  return encodeURIComponent(base64.encode(bytesFromText(`ca_cert: ${certificate}\n`)));
}

/** The authority's is labelled, or stands behind the client's own. */
function decodeCertificates(certs: string): string | undefined {
  const digits = certs.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  let text: string;
  try {
    text = textFromBytes(base64nopad.decode(digits.replace(/={0,2}$/, '')));
  } catch {
    throw bad('certs is not base64');
  }
  const label = text.lastIndexOf('ca_cert:');
  const from = label < 0 ? text.lastIndexOf(BEGIN) : label;
  return from < 0 ? undefined : firstCertificate(text.slice(from));
}

function firstCertificate(text: string): string | undefined {
  const begin = text.indexOf(BEGIN);
  const end = begin < 0 ? -1 : text.indexOf(END, begin);
  return end < 0 ? undefined : text.slice(begin, end + END.length);
}

function bad(message: string): RuneSyntaxError {
  return new RuneSyntaxError('bad_link', message);
}
