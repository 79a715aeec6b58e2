import { parsePairingLink, RuneSyntaxError } from '@clnrest/runes';
import { rejectApiPath } from './reject-api-path.ts';
import { UsageError } from '../usage-error.ts';

/** The parts of a URL or a pairing link. */
export interface UrlOrLink {
  /** Ends with a slash. */
  readonly url: URL;
  readonly rune: string | undefined;
  /** The certificate authority, as PEM text. */
  readonly ca: string | undefined;
}

/**
 * Parses `https://host:port`, or a pairing link. Errors quote nothing of the text, because it can contain a rune.
 *
 * @throws {UsageError}
 */
export function parseUrlOrLink(text: string): UrlOrLink {
  const isLink = /^\s*clnrest\b/i.test(text);
  const link = isLink ? parseLink(text) : { url: text.trim(), rune: undefined, ca: undefined };
  return { ...link, url: parseUrl(link.url) };
}

/** Parses an origin and returns it as browsers write it. @throws {UsageError} */
export function parseOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null') {
    throw new UsageError('invalid --origin: give one such as https://localhost:5500');
  }
  return origin;
}

function parseLink(text: string) {
  try {
    return parsePairingLink(text);
  } catch (cause) {
    if (!(cause instanceof RuneSyntaxError)) throw cause;
    throw new UsageError(`invalid pairing link: ${cause.message}`, { cause });
  }
}

/** Matches `127.0.0.1:3010`, which means https. */
const HOST_AND_PORT = /^(?:\[[0-9a-f:.]+\]|[^\s/?#@:]+):[0-9]+\/?$/i;

function parseUrl(text: string): URL {
  const whole = HOST_AND_PORT.test(text) ? `https://${text}` : text;
  if (!URL.canParse(whole)) {
    throw new UsageError('invalid URL: give one such as https://127.0.0.1:3010');
  }
  const url = new URL(whole);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new UsageError('unsupported URL: give an https or http URL, or a pairing link');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError('invalid URL: remove the user name, password, query and fragment');
  }
  rejectApiPath(url);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
