import { tokens } from '../json/tokens.ts';
import { visible } from '../visible.ts';

/** A member of a notification, in short. */
export interface Member {
  readonly name: string;
  readonly value: string;
}

const MOST_MEMBERS = 8;
const LONGEST = 28;
/** Behind so many characters nobody looks for a member for one line. */
const FAR = 4_000;

/**
 * The first members of a notification, for one line: of the object that lightningd puts below the topic
 * (`{"invoice_creation": {…}}`), or of the whole where a plugin told something else. Numbers as they are
 * written.
 */
export function excerpt(text: string, topic: string): readonly Member[] {
  const members: Member[] = [];
  let depth = 0;
  /** The depth of the members that are shown. */
  let level = 1;
  let name: string | undefined;
  let behind = '';
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
      if (behind === ':' && name !== undefined) {
        members.push({ name: short(name), value: short(plain(token)) });
        name = undefined;
      } else if (kind === 'string' && behind !== ':') {
        name = plain(token);
      }
    }
    behind = kind;
    if (members.length === MOST_MEMBERS || read > FAR) break;
  }
  return members;
}

/** A string without its quotes and escapes, or a scalar as it is. */
function plain(token: string): string {
  if (!token.startsWith('"')) return token;
  if (token.length > FAR) return token.slice(1, FAR);
  return String(JSON.parse(token));
}

function short(text: string): string {
  const seen = visible(text.slice(0, LONGEST + 1));
  return text.length > LONGEST ? `${visible(text.slice(0, LONGEST))}…` : seen;
}
