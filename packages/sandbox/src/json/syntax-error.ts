/** Malformed JSON, JSON that is not JSON-RPC 2.0, or a value over the size limit. */
type JsonSyntaxCode = 'malformed' | 'not_json_rpc' | 'too_long';

/** Invalid input. `text` is the input, which lightningd returns to the sender. */
export class JsonSyntaxError extends Error {
  readonly code: JsonSyntaxCode;
  readonly text: string;

  constructor(code: JsonSyntaxCode, message: string, text: string) {
    super(message);
    this.name = 'JsonSyntaxError';
    this.code = code;
    this.text = text;
  }
}
