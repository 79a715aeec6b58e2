/**
 * A JSON text that {@link encodeJson} writes verbatim: a number that JavaScript cannot represent, or a
 * text from another source. The constructor checks that it is one JSON value.
 *
 * @example
 * ```ts
 * import { encodeJson, RawJson } from '@clnrest/json';
 * encodeJson({ amount_msat: new RawJson('9007199254740993') }) // => '{"amount_msat":9007199254740993}'
 * ```
 */
export class RawJson {
  readonly text: string;

  /** Throws a SyntaxError if the text is not one JSON value. */
  constructor(text: string) {
    JSON.parse(text);
    this.text = text;
  }

  /**
   * Skips the check, for a long text that is validated already, for example on another thread: parsing
   * 4 MiB can block the event loop for 50 ms. An invalid text can smuggle a second request to the node.
   */
  static checked(text: string): RawJson {
    return Object.assign(Object.create(RawJson.prototype) as RawJson, { text });
  }
}
