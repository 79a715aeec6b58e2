import {
  type IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';

import type { RequestIds } from './request-ids.ts';

/** Alternating names and values: the fastest form for node:http. */
export type HeaderList = readonly string[];

/** The headers of every response. */
export function baseHeaders(contentSecurityPolicy: string): HeaderList {
  return [
    ['Content-Security-Policy', contentSecurityPolicy],
    // Browsers must not interpret JSON as a script or a page.
    ['X-Content-Type-Options', 'nosniff'],
    // Other sites must not embed a page into which a user types a rune.
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['Referrer-Policy', 'no-referrer'],
  ].flat();
}

/** Returns a response class that adds these headers and the request's id to every response, so that no route can omit them. */
export function responseClass(
  base: HeaderList,
  requestIds: RequestIds,
): typeof ServerResponse<IncomingMessage> {
  return class extends ServerResponse {
    override writeHead(
      status: number,
      reasonOrHeaders?: string | OutgoingHttpHeaders | OutgoingHttpHeader[],
      headers?: OutgoingHttpHeaders | OutgoingHttpHeader[],
    ): this {
      if (typeof reasonOrHeaders === 'string') {
        return super.writeHead(status, reasonOrHeaders, [...this.#base(), ...flat(headers)]);
      }
      return super.writeHead(status, [...this.#base(), ...flat(reasonOrHeaders)]);
    }

    #base(): HeaderList {
      return ['X-Request-Id', requestIds.of(this.req), ...base];
    }
  };
}

function flat(headers: OutgoingHttpHeaders | OutgoingHttpHeader[] = []): OutgoingHttpHeader[] {
  if (Array.isArray(headers)) return headers;
  return Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  );
}
