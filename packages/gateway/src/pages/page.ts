import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import { chooseCoding } from '../http/coding.ts';
import type { Route } from '../routing/route.ts';

/** A static resource for browsers. */
export interface Page {
  /** The content type, with the charset of texts. */
  readonly type: string;
  readonly bytes: Buffer;
}

export const HTML = 'text/html; charset=utf-8';
export const SCRIPT = 'text/javascript; charset=utf-8';
export const STYLE = 'text/css; charset=utf-8';
export const SVG = 'image/svg+xml; charset=utf-8';
export const PNG = 'image/png';

/** Returns a page with a text. */
export function textPage(type: string, content: string): Page {
  return { type, bytes: Buffer.from(content) };
}

/** Minimum size of a compressed page, in bytes: smaller pages gain little. */
const MIN_COMPRESSED_BYTES = 1_024;
/** Bytes that are written to a connection at once. */
const CHUNK_BYTES = 65_536;

/**
 * Serves a page that does not change while the program runs. Builds and compresses it on the first request. Returns
 * 304 to clients that have the same version.
 */
export function pageRoute(build: () => Page): Route {
  let prepared: PreparedPage | undefined;
  return ({ request, response }) => {
    prepared ??= preparePage(build());
    sendPage(request, response, prepared);
  };
}

/** A page with its compressed form, if any, and the ETag of its version. */
export interface PreparedPage extends Page {
  readonly gzipped: Buffer | undefined;
  readonly etag: string;
}

/** Compresses a page and computes its ETag. */
export function preparePage(page: Page): PreparedPage {
  const gzipped = isWorthCompressing(page) ? gzipSync(page.bytes) : undefined;
  return { ...page, gzipped, etag: etagOf(page) };
}

/** Does the same for a large page, without blocking the process during the compression. */
export async function prepareLargePage(page: Page): Promise<PreparedPage> {
  const gzipped = isWorthCompressing(page) ? await compress(page.bytes) : undefined;
  return { ...page, gzipped, etag: etagOf(page) };
}

const compress = promisify(gzip);

function isWorthCompressing({ type, bytes }: Page): boolean {
  const isText = /^text\/|json|javascript/.test(type);
  return isText && bytes.length >= MIN_COMPRESSED_BYTES;
}

function etagOf({ bytes }: Page): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
}

/** Sends a page, or 304 if the client has the same version. */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  { type, bytes, gzipped, etag }: PreparedPage,
): void {
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', 'no-cache');
  response.appendHeader('Vary', 'Accept-Encoding');
  if (request.headers['if-none-match']?.includes(etag) === true) {
    response.writeHead(304);
    response.end();
    return;
  }
  const coding = chooseCoding(request.headers['accept-encoding'], ['gzip']);
  const zipped = coding === 'gzip' ? gzipped : undefined;
  const body = zipped ?? bytes;
  if (zipped !== undefined) response.setHeader('Content-Encoding', 'gzip');
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length });
  sendChunks(response, body);
}

/** Sends a body at the client's pace, so that a connection without a reader does not hold a copy of the body. */
function sendChunks(response: ServerResponse, body: Buffer): void {
  let at = 0;
  const sendMore = (): void => {
    while (at < body.length) {
      const chunk = body.subarray(at, at + CHUNK_BYTES);
      at += chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', sendMore);
        return;
      }
    }
    response.end();
  };
  sendMore();
}
