import { ClnrestError } from './errors.ts';
import type { Transport } from './transport/transport.ts';

/** How a {@link ClnrestClient} is made. */
export interface ClnrestClientOptions {
  /** Where the gateway is: `https://127.0.0.1:3010`. A path is kept, for gateways behind a proxy. */
  readonly url: string | URL;
  /** What calls are authorised by; without one only `listMethods` works. */
  readonly rune?: string | undefined;
  /**
   * The certificate authority as PEM text, or its bytes: the content of `ca.pem`. It alone is trusted. Not in
   * browsers, which trust whom they are told to by their user.
   */
  readonly ca?: string | Uint8Array | undefined;
  /**
   * Wait as long as the rune's `rate` and `per` ask for, and try again where the node says `too soon`.
   * Nothing else is ever tried again.
   */
  readonly pace?: boolean | undefined;
  /** The longest answer that `call` and `callText` take, in bytes; as long as a string can be, by default. */
  readonly maxAnswerBytes?: number | undefined;
  /** Another way to carry requests than node:https or fetch. */
  readonly transport?: Transport | undefined;
}

/** Options that were looked at. */
export interface Settings {
  readonly url: URL;
  readonly rune: string | undefined;
  readonly ca: string | undefined;
  readonly pace: boolean;
  readonly maxAnswerBytes: number;
}

/** V8's longest string, in characters, of which each is a byte or more. */
const LONGEST_STRING = 2 ** 29 - 24;

/** @throws {ClnrestError} `invalid_request` */
export function readSettings(options: ClnrestClientOptions): Settings {
  const { rune, ca, pace = false, maxAnswerBytes = LONGEST_STRING } = options;
  return {
    url: readUrl(options.url),
    rune: rune === undefined ? undefined : readRune(rune),
    ca: ca instanceof Uint8Array ? new TextDecoder().decode(ca) : ca,
    pace,
    maxAnswerBytes: Math.min(maxAnswerBytes, LONGEST_STRING),
  };
}

/** Errors name no URL: people write secrets into them. */
function readUrl(text: string | URL): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('`url` is no URL, such as https://127.0.0.1:3010');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw invalid('`url` must begin with https:// or http://');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalid('`url` must have no user, no query and no fragment');
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/** What a header can carry; whether it is a rune is for the node to say. */
function readRune(text: string): string {
  const rune = text.trim();
  if (!/^[!-+\--~]+$/.test(rune))
    throw invalid('`rune` is no rune: visible ASCII letters, no comma');
  return rune;
}

function invalid(message: string): ClnrestError {
  return new ClnrestError('invalid_request', message);
}
