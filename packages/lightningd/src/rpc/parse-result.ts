import { TransportError } from './errors.ts';

/** Parses a result's text. */
export function parseResult(
  text: string,
  method: string,
  parse: (text: string) => unknown,
): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new TransportError('malformed_reply', `cannot parse the result of ${method}`, { cause });
  }
}
