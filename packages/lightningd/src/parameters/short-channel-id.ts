import type { Parser } from './declaration.ts';
import { invalidToken } from './invalid-token.ts';

/**
 * Parses `block x transaction x output`, as BOLT 7 numbers channels: 24, 24 and 16 bits.
 *
 * @returns the id without leading zeros, or undefined for any other text
 *
 * @example
 * ```ts
 * import { parseToken } from '@clnrest/json/tokens';
 * import { shortChannelId, shortChannelIdOf } from '@clnrest/lightningd/parameters';
 * shortChannelIdOf('0103x1x0') // => '103x1x0'
 * shortChannelId(parseToken('"103x1x0"'), 'scid') // => '103x1x0'
 * ```
 */
export function shortChannelIdOf(text: string): string | undefined {
  const [, ...parts] = /^([0-9]{1,20})x([0-9]{1,20})x([0-9]{1,20})$/.exec(text) ?? [];
  const [block, transaction, output] = parts.map((part) => Number(part));
  if (block === undefined || transaction === undefined || output === undefined) return undefined;
  if (block >= 2 ** 24 || transaction >= 2 ** 24 || output >= 2 ** 16) return undefined;
  return `${block}x${transaction}x${output}`;
}

/** A short channel id: block x transaction x output. */
export const shortChannelId: Parser<string> = (token, name) => {
  const id = shortChannelIdOf(token.text);
  if (id === undefined)
    throw invalidToken(name, 'should be a short_channel_id of form NxNxN', token);
  return id;
};
