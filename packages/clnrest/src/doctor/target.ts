import { parsePairingLink, RuneSyntaxError } from '@clnrest/runes';
import { refuseApiPath } from '../call/api-path.ts';
import { UsageError } from '../usage-error.ts';

/** What a URL or a pairing link says. */
export interface Target {
  /** With a slash at the end. */
  readonly url: URL;
  readonly rune: string | undefined;
  /** A certificate authority as PEM text. */
  readonly ca: string | undefined;
}

/**
 * Reads `https://host:port`, or the link that wallets are paired by. Errors hold nothing of the text, since a rune
 * may stand in it.
 *
 * @throws {UsageError}
 */
export function readTarget(text: string): Target {
  const isLink = /^\s*clnrest\b/i.test(text);
  const link = isLink ? readLink(text) : { url: text.trim(), rune: undefined, ca: undefined };
  return { ...link, url: readUrl(link.url) };
}

/** An origin as browsers write it. @throws {UsageError} */
export function readOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : 'null';
  if (origin === 'null')
    throw new UsageError("--origin: a page's origin, such as https://localhost:5500");
  return origin;
}

function readLink(text: string) {
  try {
    return parsePairingLink(text);
  } catch (cause) {
    if (!(cause instanceof RuneSyntaxError)) throw cause;
    throw new UsageError(`the pairing link: ${cause.message}`, { cause });
  }
}

/** `127.0.0.1:3010` is what people type who mean https. */
const HOST_AND_PORT = /^(?:\[[0-9a-f:.]+\]|[^\s/?#@:]+):[0-9]+\/?$/i;

function readUrl(text: string): URL {
  const whole = HOST_AND_PORT.test(text) ? `https://${text}` : text;
  if (!URL.canParse(whole)) {
    throw new UsageError('this is no URL: the URL looks like https://127.0.0.1:3010');
  }
  const url = new URL(whole);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new UsageError('the URL must begin with https:// or http://, or be a pairing link');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new UsageError('the URL must have no user, no query and no fragment');
  }
  refuseApiPath(url);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
