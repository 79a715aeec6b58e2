import { JsonSyntaxError } from './syntax-error.ts';
import type { JsonToken } from './token.ts';

interface OpenObject {
  readonly type: 'object';
  readonly start: number;
  readonly members: (readonly [name: string, value: JsonToken])[];
  /** The name of the current member, until its value is complete. */
  name: string | undefined;
  /** True after the colon of the current member. */
  colon: boolean;
  /** True between a value and the next comma: a name must not follow. */
  full: boolean;
}

interface OpenArray {
  readonly type: 'array';
  readonly start: number;
  readonly items: JsonToken[];
}

const PRIMITIVE_START = /[-0-9tfn]/;
/** A primitive consists of printable ASCII, up to a white space, a comma or a closing bracket. */
const PRIMITIVE = /[!-+\--\\^-|~]+/y;
const FOUR_HEX_DIGITS = /[0-9A-Fa-f]{4}/y;

/**
 * Parses a message, which is an object or an array, into tokens that keep their text.
 *
 * It accepts the same language as lightningd's parser (jsmn), which is larger than JSON. Commas can
 * trail, repeat, or be missing between array items. A primitive is any printable run that starts like
 * a number, true, false or null. The parser is not recursive, so depth needs no stack.
 *
 * @throws JsonSyntaxError if the text does not match
 *
 * @example
 * ```ts
 * import { parseMessage } from '@clnrest/json/tokens';
 * const token = parseMessage('[1.50, "\\u00e9"]');
 * token.type === 'array' && token.items.map(({ raw }) => raw) // => ['1.50', '"\\u00e9"']
 * ```
 */
export function parseMessage(text: string): JsonToken {
  const fail = (): never => {
    throw new JsonSyntaxError('malformed', 'not JSON', text);
  };
  const open: (OpenObject | OpenArray)[] = [];
  let top: JsonToken | undefined;

  const add = (value: JsonToken): void => {
    const container = open.at(-1);
    if (container === undefined) {
      if (top !== undefined) fail();
      top = value;
    } else if (container.type === 'array') {
      container.items.push(value);
    } else if (container.name === undefined) {
      if (value.type !== 'string' || container.full) fail();
      container.name = value.text;
    } else {
      if (!container.colon) fail();
      container.members.push([container.name, value]);
      container.name = undefined;
      container.colon = false;
      container.full = true;
    }
  };

  let i = 0;
  while (i < text.length) {
    const character = text[i];
    switch (character) {
      case ' ':
      case '\n':
      case '\r':
      case '\t':
        i++;
        break;
      case '{':
        open.push({
          type: 'object',
          start: i,
          members: [],
          name: undefined,
          colon: false,
          full: false,
        });
        i++;
        break;
      case '[':
        open.push({ type: 'array', start: i, items: [] });
        i++;
        break;
      case '}':
      case ']': {
        const container = open.pop();
        if (container?.type !== (character === '}' ? 'object' : 'array')) return fail();
        i++;
        const raw = text.slice(container.start, i);
        if (container.type === 'array') {
          add({ type: 'array', raw, text: raw, items: container.items });
        } else {
          if (container.name !== undefined) fail();
          add({ type: 'object', raw, text: raw, members: container.members });
        }
        break;
      }
      case '"': {
        const end = stringEnd(text, i) ?? fail();
        add({ type: 'string', raw: text.slice(i, end), text: text.slice(i + 1, end - 1) });
        i = end;
        break;
      }
      case ':': {
        const container = open.at(-1);
        if (container?.type !== 'object' || container.name === undefined) return fail();
        container.colon = true;
        i++;
        break;
      }
      case ',': {
        const container = open.at(-1);
        if (container === undefined) return fail();
        if (container.type === 'object') {
          if (container.name !== undefined) fail();
          container.full = false;
        }
        i++;
        break;
      }
      default: {
        PRIMITIVE.lastIndex = i;
        if (character === undefined || !PRIMITIVE_START.test(character)) return fail();
        if (open.length === 0 || !PRIMITIVE.test(text)) return fail();
        const raw = text.slice(i, PRIMITIVE.lastIndex);
        add({ type: 'primitive', raw, text: raw });
        i = PRIMITIVE.lastIndex;
      }
    }
  }
  return open.length === 0 && top !== undefined ? top : fail();
}

/**
 * Parses one JSON value of any type. lightningd parses a whole message and never a part of one, so a member can be a
 * number, a string, true, false or null.
 *
 * @throws JsonSyntaxError if the text is not one value
 *
 * @example
 * ```ts
 * import { parseToken } from '@clnrest/json/tokens';
 * const { type, raw, text } = parseToken('"a"');
 * [type, raw, text] // => ['string', '"a"', 'a']
 * ```
 */
export function parseToken(text: string): JsonToken {
  const list = parseMessage(`[${text}]`);
  const [value, ...more] = list.type === 'array' ? list.items : [];
  if (value === undefined || more.length > 0) {
    throw new JsonSyntaxError('malformed', 'not JSON', text);
  }
  return value;
}

/** The index after the closing quote of the string at `start`; undefined if the string is malformed. */
function stringEnd(text: string, start: number): number | undefined {
  for (let i = start + 1; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 0x22:
        return i + 1;
      case 0x00:
        return undefined;
      case 0x5c: {
        i++;
        const escaped = text[i];
        if (escaped === 'u') {
          FOUR_HEX_DIGITS.lastIndex = i + 1;
          if (!FOUR_HEX_DIGITS.test(text)) return undefined;
          i += 4;
        } else if (escaped === undefined || !'"/\\bfrnt'.includes(escaped)) {
          return undefined;
        }
        break;
      }
    }
  }
  return undefined;
}
