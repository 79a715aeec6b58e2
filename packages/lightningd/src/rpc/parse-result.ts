import { TransportError } from './errors.ts';

/** Parses a result's text. The type is not checked. */
export function parseResult<T>(text: string, method: string, parse: (text: string) => unknown): T {
  try {
    return parse(text) as T;
  } catch (cause) {
    throw new TransportError('malformed_reply', `cannot parse the result of ${method}`, { cause });
  }
}
