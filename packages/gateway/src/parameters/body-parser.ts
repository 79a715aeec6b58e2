import type { Format } from '../formats/media-types.ts';
import { type CallBody, parseBody } from './parse-body.ts';
import { parserSource } from './parser-source.ts';
import { ParserThread, type Requester } from './parser-thread.ts';

/**
 * Bodies of up to so many bytes are parsed on the event loop. Measured with the worst of them: 1 to 2 ms,
 * and 20 ms for the first one of a process, which the engine has not compiled code for. The parser thread
 * takes 1 ms longer, and 60 to 80 ms to start. Nearly all real bodies are smaller.
 */
const SMALL: Readonly<Record<Format, number>> = {
  json: 16_384,
  form: 8_192,
  yaml: 2_048,
  xml: 2_048,
};

/** What the parser is bounded by. */
interface ParserLimits {
  readonly parsing: number;
  readonly parseMs: number;
}

/** Makes parameters of bodies: small ones at once, large ones on a thread of their own. */
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
   * Resolves with the canonical JSON text of a command's parameters. Rejects with a {@link Refusal}, or
   * the signal's reason. The body must be kept until then.
   */
  async parse(body: CallBody, requester: Requester): Promise<string> {
    return body.bytes.length <= SMALL[body.format]
      ? parseBody(body)
      : this.#thread.parse(body, requester);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
