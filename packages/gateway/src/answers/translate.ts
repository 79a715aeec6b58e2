import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Format } from '../formats/media-types.ts';
import type { AnswerWriter } from './answer-writer.ts';
import { FormWriter } from './form-writer.ts';
import { JsonScanner } from './json-scanner.ts';
import { XmlWriter } from './xml-writer.ts';
import { YamlWriter } from './yaml-writer.ts';

/** Characters that are translated at once. The output can be many times longer and is held in memory. */
const SLICE = 4_096;
/** Minimum size of a chunk of output, in characters, while more input is available. */
const CHUNK = 32_768;

/**
 * Translates a JSON result into another format while the result arrives, without holding it in memory, so a
 * result can have any size. If the result ends early, so does the translation. Destroying the translation
 * destroys the result.
 */
export function translate(
  result: Readable,
  format: Exclude<Format, 'json'>,
  method: string,
): Readable {
  const pieces = translated(result, writerFor(format, method));
  const stream = new Readable({
    read: () => {
      pieces.next().then(
        ({ done, value }) => stream.push(done === true ? null : value),
        (error: unknown) => stream.destroy(error as Error),
      );
    },
    destroy: (error, callback) => {
      // Ends the generator, which may be waiting for the result.
      result.destroy();
      callback(error);
    },
  });
  return stream;
}

function writerFor(format: Exclude<Format, 'json'>, method: string): AnswerWriter {
  switch (format) {
    case 'yaml':
      return new YamlWriter();
    case 'xml':
      return new XmlWriter(method);
    case 'form':
      return new FormWriter();
  }
}

async function* translated(
  result: Readable,
  writer: AnswerWriter,
): AsyncGenerator<Buffer, undefined> {
  const scanner = new JsonScanner(writer);
  const decoder = new StringDecoder('utf8');
  let out = '';
  let ended = false;
  const end = (): void => {
    if (!ended) writer.end();
    ended = true;
    out += writer.flush();
  };
  for await (const piece of result) {
    const text = decoder.write(piece as Buffer);
    for (let at = 0; at < text.length; at += SLICE) {
      scanner.push(text.slice(at, at + SLICE));
      out += writer.flush();
      if (out.length < CHUNK) continue;
      yield Buffer.from(out);
      out = '';
    }
    if (scanner.isComplete) end();
    // Sends what there is: the next piece can take long.
    if (out !== '') yield Buffer.from(out);
    out = '';
  }
  scanner.push(decoder.end());
  scanner.end();
  end();
  if (out !== '') yield Buffer.from(out);
  return undefined;
}
