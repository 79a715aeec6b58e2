import { Readable } from 'node:stream';
import { translate } from '../answers/translate.ts';
import type { Format } from '../formats/media-types.ts';

/** Translates a JSON result into another format. The result arrives in pieces that end at `cuts`. */
export async function translated(
  json: string | Buffer,
  format: Exclude<Format, 'json'>,
  method = 'm',
  cuts: readonly number[] = [],
): Promise<string> {
  const bytes = Buffer.from(json);
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted(
    (a, b) => a - b,
  );
  const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
  const stream = translate(
    Readable.from(pieces.filter(({ length }) => length > 0)),
    format,
    method,
  );
  const all: Buffer[] = [];
  for await (const piece of stream) all.push(piece as Buffer);
  return Buffer.concat(all).toString();
}
