import { withoutRunes } from '../rune-form.ts';
import { UsageError } from '../usage-error.ts';

/** `/v1`, or that and a command, behind what may be a proxy's prefix. */
const API_PATH = /^(.*?)(?:\/v1)+(?:\/[^/]*)?\/*$/;

/**
 * Refuses a URL that was copied from a call with curl, `https://127.0.0.1:3010/v1/getinfo`: what is said to the
 * API is added to the gateway's URL, and with the path in it nothing would be found.
 *
 * @throws {UsageError} with the URL to write instead
 */
export function refuseApiPath(url: URL): void {
  const prefix = API_PATH.exec(url.pathname)?.[1];
  // Others than http's are refused for that.
  if (prefix === undefined || !/^https?:$/.test(url.protocol)) return;
  const gateway = `${url.origin}${withoutRunes(prefix)}`;
  throw new UsageError(`the URL must leave out the path from /v1 on: write ${gateway}`);
}
