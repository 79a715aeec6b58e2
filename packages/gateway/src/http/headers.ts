import type { ServerResponse } from 'node:http';

/** Headers that every answer carries, whatever it is. */
export type BaseHeaders = readonly (readonly [name: string, value: string])[];

export function baseHeaders(contentSecurityPolicy: string): BaseHeaders {
  return [
    ['Content-Security-Policy', contentSecurityPolicy],
    // JSON is not to be taken for a script or a page.
    ['X-Content-Type-Options', 'nosniff'],
    // Nor a page where a rune is typed in to be shown inside somebody else's.
    ['X-Frame-Options', 'SAMEORIGIN'],
    ['Referrer-Policy', 'no-referrer'],
  ];
}

export function setBaseHeaders(response: ServerResponse, headers: BaseHeaders): void {
  for (const [name, value] of headers) response.setHeader(name, value);
}
