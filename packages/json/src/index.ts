/** JSON that keeps every digit. This part runs in browsers, too; `@clnrest/json/bytes` requires Node. */

// Values: exact integers both ways, and texts that are written verbatim.
export { mayHaveLargeInteger, parseJson } from './parse.ts';
export { encodeJson, LossyValueError, type LossyValueProblem } from './encode.ts';
export { RawJson } from './raw-json.ts';

// Strings: one spelling for each, and its reverse.
export { ESCAPED_CHARACTERS, escapeString, quoteString } from './quote.ts';

// Texts without values: raw members, tokens, and arrays and objects that arrive in chunks.
export { JsonCursor } from './text/cursor.ts';
export { type Token, tokens } from './text/tokens.ts';
export { ArrayItems } from './text/array-items.ts';
export { type MemberReceiver, ObjectMembers } from './text/object-members.ts';
