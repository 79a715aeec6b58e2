import { types } from 'node:util';

/**
 * A JSON text that is written as it is: for numbers that JavaScript cannot hold, or for a text that
 * came from elsewhere. Its content must be one JSON value; that is checked when it is made.
 *
 * @example
 * ```ts
 * import { encodeJson, RawJson } from '@clnrest/lightningd';
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
   * Skips the check, for a long text that was checked before, on another thread say: to parse 4 MiB
   * can block the event loop for 50 ms. An unchecked text could smuggle a second request to the node.
   */
  static checked(text: string): RawJson {
    return Object.assign(Object.create(RawJson.prototype) as RawJson, { text });
  }
}

/**
 * `JSON.stringify` that also writes a bigint as its digits and a {@link RawJson} as its text.
 * Non-ASCII characters stay as they are: lightningd refuses `\u` escapes in some parameters.
 *
 * Throws a TypeError for what has no JSON text (undefined, functions, cycles).
 *
 * @example
 * ```ts
 * import { encodeJson } from '@clnrest/lightningd';
 * encodeJson({ amount_msat: 9007199254740993n, label: 'ä' }) // => '{"amount_msat":9007199254740993,"label":"ä"}'
 * ```
 */
export function encodeJson(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  let special = false;
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'bigint' && !(inner instanceof RawJson)) return inner;
    special = true;
    return null;
  }) as string | undefined;
  if (text === undefined) throw new TypeError(`no JSON text for a value of type ${typeof value}`);
  return special ? encodeSpecial(value, '') : text;
}

/**
 * The slow way, taken only where JSON.stringify has met a bigint or raw text (and so has proved that
 * there is no cycle). Follows JSON.stringify's rules for toJSON, undefined and functions.
 */
function encodeSpecial(value: unknown, key: string): string {
  const plain = hasToJson(value) ? value.toJSON(key) : value;
  if (plain instanceof RawJson) return plain.text;
  if (typeof plain === 'bigint') return plain.toString();
  if (Array.isArray(plain)) {
    // Array.from, as map would skip the holes of a sparse array.
    const items = Array.from(plain, (item: unknown, index) => encodeSpecial(item, String(index)));
    return `[${items.join(',')}]`;
  }
  if (typeof plain === 'object' && plain !== null && !types.isBoxedPrimitive(plain)) {
    const members = Object.entries(plain)
      .filter(([, item]) => isWritten(item))
      .map(([name, item]) => `${JSON.stringify(name)}:${encodeSpecial(item, name)}`);
    return `{${members.join(',')}}`;
  }
  return (JSON.stringify(plain) as string | undefined) ?? 'null';
}

function hasToJson(value: unknown): value is { toJSON(key: string): unknown } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'toJSON' in value &&
    typeof value.toJSON === 'function'
  );
}

function isWritten(value: unknown): boolean {
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol';
}
