import type { Format } from '../formats/media-types.ts';
import { type CallBody, parseBody } from './parse-body.ts';
import { parserSource } from './parser-source.ts';
import { ParserThread, type Requester } from './parser-thread.ts';

/**
 * Largest bodies, in bytes, that are parsed on the event loop. The worst of them take 1 to 2 ms, and 20 ms
 * for the first body of a process, before V8 has compiled the parser (measured). The parser thread adds 1 ms,
 * and takes 60 to 80 ms to start. Nearly all real bodies are smaller.
 */
const MAX_SMALL_BYTES: Readonly<Record<Format, number>> = {
  json: 16_384,
  form: 8_192,
  yaml: 2_048,
  xml: 2_048,
};

interface ParserLimits {
  /** Bodies that the thread holds at once, queued ones included. */
  readonly parsing: number;
  /** Time limit for one body on the thread. */
  readonly parseMs: number;
}

/** Parses bodies into parameters: small bodies on the event loop, large ones on a worker thread. */
export class BodyParser {
  readonly #thread: ParserThread;

  constructor({ parsing, parseMs }: ParserLimits) {
    this.#thread = new ParserThread({
      source: parserSource,
      maxBodies: parsing,
      deadlineMs: parseMs,
    });
  }

  /**
   * Resolves with the canonical JSON text of a command's parameters. Rejects with a {@link Refusal} or
   * the signal's reason. The caller must not reuse the body's memory before the promise settles.
   */
  async parse(body: CallBody, requester: Requester): Promise<string> {
    return body.bytes.length <= MAX_SMALL_BYTES[body.format]
      ? parseBody(body)
      : this.#thread.parse(body, requester);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
