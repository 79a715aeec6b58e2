import { RawJson, type Params } from '@clnrest/lightningd';
import { Refusal } from '../errors.ts';
import type { Format } from '../formats/media-types.ts';
import { MAX_PARAMETERS_LENGTH } from './limits.ts';
import { mergeParameters } from './merge.ts';
import { readParameters } from './parameters.ts';

/** A body, and the other sources of a command's parameters. */
export interface CallBody {
  readonly format: Format;
  readonly bytes: Uint8Array;
  /** The command, after which the root of an XML body is named. */
  readonly method: string;
  /** Parameters that are given outside of the body: the canonical JSON of an object. */
  readonly outside: string;
}

/** Longer texts are checked to be JSON here, and not again on the event loop. */
const SHORT = 65_536;

/**
 * Makes the canonical JSON text of a command's parameters of a body and what was given outside of it.
 * Rejects with a {@link Refusal}.
 */
export async function parseBody(body: CallBody): Promise<string> {
  const { format, bytes, method, outside } = body;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = mergeParameters(outside, await readParameters(format, buffer, method));
  if (text.length > MAX_PARAMETERS_LENGTH) throw Refusal.of('body_too_large');
  if (text.length > SHORT) JSON.parse(text);
  return text;
}

/** Parameters that {@link parseBody} made, or a text around them, for a call to the node. */
export function nodeParams(params: string, text = params): Params {
  return params.length > SHORT ? RawJson.checked(text) : text;
}
