import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { chooseCoding } from '../http/coding.ts';
import type { Route } from '../routing/route.ts';

/** Something that a browser is shown. */
export interface Page {
  /** The content type, charset included where there is one. */
  readonly type: string;
  readonly bytes: Buffer;
}

export const HTML = 'text/html; charset=utf-8';
export const SCRIPT = 'text/javascript; charset=utf-8';
export const STYLE = 'text/css; charset=utf-8';
export const SVG = 'image/svg+xml; charset=utf-8';
export const PNG = 'image/png';

/** A page that is written here. */
export function textPage(type: string, content: string): Page {
  return { type, bytes: Buffer.from(content) };
}

/** Below this, compressing saves less than it costs. */
const WORTH_COMPRESSING = 1_024;
/** What is handed to a connection at once. */
const PIECE_BYTES = 65_536;

/**
 * Serves a page that stays what it is while the program runs. It is made when it is first asked for,
 * compressed once, and sent again only to those who have another version.
 */
export function pageRoute(make: () => Page): Route {
  let prepared: PreparedPage | undefined;
  return ({ request, response }) => {
    prepared ??= preparePage(make());
    sendPage(request, response, prepared);
  };
}

/** A page, compressed if that is worth it, and the name of this version of it. */
export interface PreparedPage extends Page {
  readonly gzipped: Buffer | undefined;
  readonly etag: string;
}

/** Prepares a page for being sent, once for all who ask. */
export function preparePage({ type, bytes }: Page): PreparedPage {
  const hash = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  const isText = /^text\/|json|javascript/.test(type);
  const gzipped = isText && bytes.length >= WORTH_COMPRESSING ? gzipSync(bytes) : undefined;
  return { type, bytes, gzipped, etag: `"${hash}"` };
}

/** Answers with a page, or with nothing where the caller has this version of it. */
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
  sendSlowly(response, body);
}

/** As fast as the caller reads: a connection of which nothing is read must not hold a copy of it all. */
function sendSlowly(response: ServerResponse, body: Buffer): void {
  let at = 0;
  const goOn = (): void => {
    while (at < body.length) {
      const piece = body.subarray(at, at + PIECE_BYTES);
      at += piece.length;
      if (!response.write(piece)) {
        response.once('drain', goOn);
        return;
      }
    }
    response.end();
  };
  goOn();
}
