/** JSON values with their source texts, in the language that lightningd accepts. Runs in browsers, too. */
export {
  type ArrayToken,
  isNull,
  isString,
  type JsonToken,
  member,
  type ObjectToken,
  type PrimitiveToken,
  type StringToken,
} from './tokens/token.ts';
export { parseMessage, parseToken } from './tokens/parse.ts';
export { type JsonSyntaxCode, JsonSyntaxError } from './tokens/syntax-error.ts';
export { unescapeText } from './tokens/unescape.ts';
