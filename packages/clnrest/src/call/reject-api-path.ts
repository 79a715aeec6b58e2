import { redactRunes } from '../rune-redaction.ts';
import { UsageError } from '../usage-error.ts';

/** Matches `/v1`, optionally followed by a command, after the optional prefix of a proxy. */
const API_PATH = /^(.*?)(?:\/v1)+(?:\/[^/]*)?\/*$/;

/**
 * Rejects a URL that was copied from a curl command, such as `https://127.0.0.1:3010/v1/getinfo`. The client appends API
 * paths to the gateway's URL, so that URL would lead to paths that do not exist.
 *
 * @throws {UsageError} with the URL to use instead
 */
export function rejectApiPath(url: URL): void {
  const prefix = API_PATH.exec(url.pathname)?.[1];
  // Other checks reject protocols other than http and https.
  if (prefix === undefined || !/^https?:$/.test(url.protocol)) return;
  const gateway = `${url.origin}${redactRunes(prefix)}`;
  throw new UsageError(`the URL must not include the API path: use ${gateway}`);
}
