import { base64, base64nopad } from '@scure/base';
import { RuneSyntaxError } from './errors.ts';
import { bytesFromText, textFromBytes } from './text.ts';

/**
 * The data that an app needs to reach a node over REST. As secret as the rune.
 *
 * Core Lightning's guide for app developers describes the link ("CLN connection URIs"):
 * `clnrest+https://host:port?rune=…&certs=…`. cln-application and StartOS write it, Zeus and others read it.
 */
export interface PairingLink {
  /** The gateway's URL: `https://127.0.0.1:3010`, without a trailing slash. */
  readonly url: string;
  /** The rune, which is not validated. */
  readonly rune: string;
  /** The certificate authority to trust, as PEM text, if the link contains one. */
  readonly ca: string | undefined;
}

const BEGIN = '-----BEGIN CERTIFICATE-----';
const END = '-----END CERTIFICATE-----';

/**
 * Returns the link that pairs a wallet with a node. Wallets scan it as a QR code.
 *
 * The link always contains the port, directly followed by `?`, since Zeus reads the text between colon and question
 * mark as the port. `=` is not percent-encoded: a reader that splits there loses only optional padding, and a reader
 * that does not decode still gets the rune.
 *
 * @param link `url` must not have a path, a user or a query. `ca` is the content of `ca.pem`, whose first certificate
 *   the link contains. It makes the link too long for a QR code that scans easily.
 * @throws {RuneSyntaxError} `bad_link` if the link would be malformed
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
    throw malformed('a pairing link must have a host and a port, and no path');
  }
  const { protocol, hostname } = url;
  const port = url.port === '' ? defaultPort(protocol) : url.port;
  const rune = encodeURIComponent(readRune(link.rune)).replaceAll('%3D', '=');
  const certs = link.ca === undefined ? '' : `&certs=${encodeCertificates(link.ca)}`;
  return `clnrest+${protocol}//${hostname}:${port}?rune=${rune}${certs}`;
}

/**
 * Parses a pairing link. It also supports the older form `clnrest://host:port?rune=…`, which means https, with or
 * without a protocol after `clnrest://`.
 *
 * Of the keys and certificates in a link, it returns only the authority's certificate. The others are a client's, and
 * REST requires no client certificate.
 *
 * @throws {RuneSyntaxError} `bad_link`; the message never quotes the link
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
  if (query === '')
    throw malformed('not a pairing link: the form is clnrest+https://host:port?rune=…');
  if (/^https?:/i.test(place)) throw malformed('two protocols: use clnrest+https or clnrest+http');
  if (!/^[^/@]+:[0-9]+(?:\/|$)/.test(place))
    throw malformed('a host and a port must come before the ?');
  const url = readUrl(`${protocol ?? older}://${place}`);
  const rune = readRune(value(query, 'rune') ?? '');
  const certs = value(query, 'certs');
  return {
    url: url.href.replace(/\/$/, ''),
    rune,
    ca: certs === undefined ? undefined : decodeCertificates(certs),
  };
}

/** Returns a query parameter. `+` is not decoded to a space, since it is a digit of base64. */
function value(query: string, name: string): string | undefined {
  const [found, another] = query.split('&').filter((part) => part.startsWith(`${name}=`));
  if (another !== undefined) throw malformed(`${name} occurs twice`);
  try {
    return found === undefined ? undefined : decodeURIComponent(found.slice(name.length + 1));
  } catch {
    throw malformed(`${name} has invalid percent-encoding`);
  }
}

function readUrl(text: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw malformed('the host or the port is invalid');
  }
  const isHttp = url.protocol === 'https:' || url.protocol === 'http:';
  if (!isHttp || url.username !== '' || url.password !== '') {
    throw malformed('the protocol must be http or https, without a user name');
  }
  return url;
}

function readRune(text: string): string {
  const rune = text.trim();
  if (!/^[!-~]+$/.test(rune)) throw malformed('the rune is missing or malformed');
  return rune;
}

function defaultPort(protocol: string): string {
  return protocol === 'https:' ? '443' : '80';
}

/** Labels the certificate like cln-application, whose links have `client_key`, `client_cert` and `ca_cert`. */
function encodeCertificates(ca: string): string {
  const certificate = firstCertificate(ca);
  if (certificate === undefined) throw malformed('`ca` must be a PEM certificate');
  return encodeURIComponent(base64.encode(bytesFromText(`ca_cert: ${certificate}\n`)));
}

/** Returns the authority's certificate, which is labelled or the last one. */
function decodeCertificates(certs: string): string | undefined {
  const digits = certs.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  let text: string;
  try {
    text = textFromBytes(base64nopad.decode(digits.replace(/={0,2}$/, '')));
  } catch {
    throw malformed('certs is not base64');
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

function malformed(message: string): RuneSyntaxError {
  return new RuneSyntaxError('bad_link', message);
}
