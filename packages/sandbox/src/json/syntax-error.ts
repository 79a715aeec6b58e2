/** Not JSON as lightningd reads it; JSON, but no JSON-RPC 2.0; a value that outgrew its limit. */
type JsonSyntaxCode = 'malformed' | 'not_json_rpc' | 'too_long';

/** What came can't be used; `text` is what came, which lightningd repeats to whoever sent it. */
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
