import { ClnrestError } from './errors.ts';
import type { Amounts } from './amounts.ts';
import type { Transport } from './transport/transport.ts';

/** Options of a {@link ClnrestClient}. */
export interface ClnrestClientOptions<A extends Amounts = Amounts> {
  /** The gateway's URL: `https://127.0.0.1:3010`. Can have a path, for gateways behind a proxy. */
  readonly url: string | URL;
  /** The rune that authorises calls. Without a rune, only `listMethods` works. */
  readonly rune?: string | undefined;
  /**
   * The only certificate authority to trust, as PEM text or bytes: the content of `ca.pem`. Not supported in
   * browsers, which use their own list of authorities.
   */
  readonly ca?: string | Uint8Array | undefined;
  /**
   * Delays calls as the rune's `rate` and `per` require, and retries calls that the node rejects as too soon. The
   * client retries nothing else.
   */
  readonly pace?: boolean | undefined;
  /**
   * `bigint`: amounts in results and notifications, the members `msat` and `…_msat`, are always bigints, for calculations. By
   * default, those up to 2^53 − 1 are numbers.
   */
  readonly amounts?: A | undefined;
  /** Maximum response size of `call` and `callText` in bytes. Defaults to the maximum length of a string. */
  readonly maxAnswerBytes?: number | undefined;
  /** A custom transport instead of node:https or fetch. */
  readonly transport?: Transport | undefined;
}

/** Validated options. */
export interface Settings {
  readonly url: URL;
  readonly rune: string | undefined;
  readonly ca: string | undefined;
  readonly pace: boolean;
  readonly amounts: Amounts;
  readonly maxAnswerBytes: number;
}

/**
 * V8's maximum string length in characters, each of which takes at least one byte: the default of `maxAnswerBytes`.
 *
 * @example
 * ```ts
 * import { MAX_STRING_BYTES } from '@clnrest/client/transport';
 * MAX_STRING_BYTES // => 536870888
 * ```
 */
export const MAX_STRING_BYTES = 2 ** 29 - 24;

/** @throws {ClnrestError} `invalid_request` */
export function readSettings(options: ClnrestClientOptions): Settings {
  const { rune, ca, pace = false, amounts = 'mixed', maxAnswerBytes = MAX_STRING_BYTES } = options;
  return {
    url: readUrl(options.url),
    rune: rune === undefined ? undefined : readRune(rune),
    ca: ca instanceof Uint8Array ? new TextDecoder().decode(ca) : ca,
    pace,
    amounts,
    maxAnswerBytes: Math.min(maxAnswerBytes, MAX_STRING_BYTES),
  };
}

/** Errors do not show the URL, since it can contain a secret. */
function readUrl(text: string | URL): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid('Invalid `url`: include the scheme, for example https://127.0.0.1:3010');
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw invalid('`url` must start with https:// or http://');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw invalid('`url` must not have a user, a query or a fragment');
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

/**
 * Reads an option `rune`: accepts what a header, or a JSON string without escapes, can carry. The node validates the rune.
 *
 * @throws {ClnrestError} `invalid_request`
 *
 * @example
 * ```ts
 * import { readRune } from '@clnrest/client/transport';
 * readRune(' KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==\n') // => 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA=='
 * ```
 */
export function readRune(text: string): string {
  const rune = text.trim();
  if (!/^[!-+\--~]+$/.test(rune))
    throw invalid('Invalid `rune`: use visible ASCII characters without commas');
  return rune;
}

function invalid(message: string): ClnrestError {
  return new ClnrestError('invalid_request', message);
}
