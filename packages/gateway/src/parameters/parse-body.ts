import { RawJson, type Params } from '@clnrest/lightningd';
import { Refusal } from '../refusals.ts';
import type { Format } from '../formats/media-types.ts';
import { MAX_PARAMETERS_LENGTH } from './limits.ts';
import { mergeParameters } from './merge.ts';
import { readParameters } from './parameters.ts';

/** A body, and the other sources of a command's parameters. */
export interface CallBody {
  readonly format: Format;
  readonly bytes: Uint8Array;
  /** The command's name, which is also the root element of an XML body. */
  readonly method: string;
  /** Parameters of the path and the query: the canonical JSON of an object. */
  readonly outside: string;
}

/** Longer texts are validated as JSON here, and not again on the event loop. */
const MAX_RECHECKED_LENGTH = 65_536;

/**
 * Parses a body, and merges it with the parameters of the path and the query. Resolves with canonical JSON.
 * Rejects with a {@link Refusal}.
 */
export async function parseBody(body: CallBody): Promise<string> {
  const { format, bytes, method, outside } = body;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = mergeParameters(outside, await readParameters(format, buffer, method));
  if (text.length > MAX_PARAMETERS_LENGTH) throw Refusal.of('body_too_large');
  if (text.length > MAX_RECHECKED_LENGTH) JSON.parse(text);
  return text;
}

/** Wraps parameters from {@link parseBody}, or a text that contains them, for a call to the node. */
export function nodeParams(params: string, text = params): Params {
  return params.length > MAX_RECHECKED_LENGTH ? RawJson.checked(text) : text;
}
