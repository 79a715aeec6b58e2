import { tokens } from '@clnrest/json';
import { visible } from '../visible.ts';

/** A member of a notification, shortened. */
export interface Member {
  readonly name: string;
  readonly value: string;
}

const MAX_MEMBERS = 8;
const MAX_LENGTH = 28;
/** Maximum number of characters to read for one line. */
const MAX_READ = 4_000;

/**
 * Returns the first members of a notification for one line: those of the object that lightningd nests under the topic
 * (`{"invoice_creation": {…}}`), else those of the whole notification. Numbers keep all digits.
 */
export function excerpt(text: string, topic: string): readonly Member[] {
  const members: Member[] = [];
  let depth = 0;
  /** The depth of the shown members. */
  let level = 1;
  let name: string | undefined;
  let previous = '';
  let read = 0;
  for (const { kind, text: token } of tokens(text)) {
    read += token.length;
    if (kind === '{' || kind === '[') {
      depth++;
      if (depth === 2 && level === 1 && kind === '{' && name === topic) {
        level = 2;
        name = undefined;
        members.length = 0;
      } else if (depth === level + 1 && name !== undefined) {
        members.push({ name: short(name), value: kind === '{' ? '{…}' : '[…]' });
        name = undefined;
      }
    } else if (kind === '}' || kind === ']') {
      depth--;
      if (depth < level) break;
    } else if (depth === level && (kind === 'string' || kind === 'scalar')) {
      if (previous === ':' && name !== undefined) {
        members.push({ name: short(name), value: short(plain(token)) });
        name = undefined;
      } else if (kind === 'string' && previous !== ':') {
        name = plain(token);
      }
    }
    previous = kind;
    if (members.length === MAX_MEMBERS || read > MAX_READ) break;
  }
  return members;
}

/** Returns a string's value, or a scalar unchanged. */
function plain(token: string): string {
  if (!token.startsWith('"')) return token;
  if (token.length > MAX_READ) return token.slice(1, MAX_READ);
  return String(JSON.parse(token));
}

function short(text: string): string {
  const seen = visible(text.slice(0, MAX_LENGTH + 1));
  return text.length > MAX_LENGTH ? `${visible(text.slice(0, MAX_LENGTH))}…` : seen;
}
