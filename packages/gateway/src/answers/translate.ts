import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Format } from '../formats/media-types.ts';
import type { AnswerWriter } from './answer-writer.ts';
import { FormWriter } from './form-writer.ts';
import { JsonScanner } from './json-scanner.ts';
import { XmlWriter } from './xml-writer.ts';
import { YamlWriter } from './yaml-writer.ts';

/** What is read at once: it may become many times as much, which nobody waits for to be read. */
const SLICE = 4_096;
/** What is handed on at once. */
const PIECE = 32_768;

/**
 * A result in another form than JSON, while it arrives: it is neither collected nor read as a whole, so it
 * may have any size. If the result breaks off, so does this, and destroying this destroys the result.
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
      // Whatever the pieces wait for ends with it.
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
    out += writer.take();
  };
  for await (const piece of result) {
    const text = decoder.write(piece as Buffer);
    for (let at = 0; at < text.length; at += SLICE) {
      scanner.push(text.slice(at, at + SLICE));
      out += writer.take();
      if (out.length < PIECE) continue;
      yield Buffer.from(out);
      out = '';
    }
    if (scanner.isComplete) end();
    // More may be long in coming.
    if (out !== '') yield Buffer.from(out);
    out = '';
  }
  scanner.push(decoder.end());
  scanner.end();
  end();
  if (out !== '') yield Buffer.from(out);
  return undefined;
}
