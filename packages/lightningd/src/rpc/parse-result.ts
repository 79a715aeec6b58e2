import { TransportError } from './errors.ts';

/** A result's text as a value. The type is the caller's word. */
export function parseResult<T>(text: string, method: string, parse: (text: string) => unknown): T {
  try {
    return parse(text) as T;
  } catch (cause) {
    throw new TransportError('malformed_reply', `cannot parse the result of ${method}`, { cause });
  }
}
