import { types } from 'node:util';

/**
 * A JSON text that {@link encodeJson} writes verbatim: a number that JavaScript cannot represent, or a
 * text from another source. The constructor checks that it is one JSON value.
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
   * Skips the check, for a long text that is validated already, for example on another thread: parsing
   * 4 MiB can block the event loop for 50 ms. An invalid text can smuggle a second request to the node.
   */
  static checked(text: string): RawJson {
    return Object.assign(Object.create(RawJson.prototype) as RawJson, { text });
  }
}

/**
 * `JSON.stringify` that also writes a bigint as its digits and a {@link RawJson} as its text.
 * Non-ASCII characters are not escaped: lightningd rejects `\u` escapes in some parameters.
 *
 * Throws a TypeError for values without a JSON text (undefined, functions, cycles).
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
  if (text === undefined) throw new TypeError(`a value of type ${typeof value} has no JSON text`);
  return special ? encodeSpecial(value, '') : text;
}

/**
 * The slow path, only for values in which JSON.stringify found a bigint or a RawJson; it found no
 * cycle then. Follows JSON.stringify's rules for toJSON, undefined and functions.
 */
function encodeSpecial(value: unknown, key: string): string {
  const plain = hasToJson(value) ? value.toJSON(key) : value;
  if (plain instanceof RawJson) return plain.text;
  if (typeof plain === 'bigint') return plain.toString();
  if (Array.isArray(plain)) {
    // Array.from: map would skip the holes of a sparse array.
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
