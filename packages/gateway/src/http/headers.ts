import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';

/** Headers as node:http takes them fastest: names and values in turn. */
export type HeaderList = readonly string[];

/** The headers that every answer carries, whatever it is. */
export function baseHeaders(contentSecurityPolicy: string): HeaderList {
  return [
    ['Content-Security-Policy', contentSecurityPolicy],
    // JSON is not to be taken for a script or a page.
    ['X-Content-Type-Options', 'nosniff'],
    // Nor a page where a rune is typed in to be shown inside somebody else's.
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['Referrer-Policy', 'no-referrer'],
  ].flat();
}

/**
 * The class of responses that carry these headers on every way by which a head can be written: no
 * route has to think of them, and none can forget them.
 */
export function responseClass(base: HeaderList): typeof ServerResponse<IncomingMessage> {
  return class extends ServerResponse {
    override writeHead(
      status: number,
      reasonOrHeaders?: string | OutgoingHttpHeaders | OutgoingHttpHeader[],
      headers?: OutgoingHttpHeaders | OutgoingHttpHeader[],
    ): this {
      if (typeof reasonOrHeaders === 'string') {
        return super.writeHead(status, reasonOrHeaders, [...base, ...flat(headers)]);
      }
      return super.writeHead(status, [...base, ...flat(reasonOrHeaders)]);
    }
  };
}

function flat(headers: OutgoingHttpHeaders | OutgoingHttpHeader[] = []): OutgoingHttpHeader[] {
  if (Array.isArray(headers)) return headers;
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  );
}
