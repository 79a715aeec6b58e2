import type { Parser } from './declaration.ts';
import { invalidToken } from './invalid-token.ts';

/** The unannounced channels that an invoice can include as route hints. */
interface ChannelHints {
  /** The number of listed channels; 0 for `true` and `false`. */
  readonly channels: number;
}

/** `block x transaction x output`, as BOLT 7 numbers channels: 24, 24 and 16 bits. */
function isShortChannelId(text: string): boolean {
  const [, block = '', transaction = '', output = ''] =
    /^([0-9]{1,8})x([0-9]{1,8})x([0-9]{1,5})$/.exec(text) ?? [];
  return (
    block !== '' &&
    Number(block) < 2 ** 24 &&
    Number(transaction) < 2 ** 24 &&
    Number(output) < 2 ** 16
  );
}

/** `true`, `false`, a short channel id, or an array of short channel ids. */
export const channelHints: Parser<ChannelHints> = (token, name) => {
  if (token.raw === 'true' || token.raw === 'false') return { channels: 0 };
  if (token.type === 'array') {
    for (const item of token.items) {
      if (!isShortChannelId(item.text)) {
        throw invalidToken(name, 'should be a short channel id', item);
      }
    }
    return { channels: token.items.length };
  }
  if (!isShortChannelId(token.text)) {
    throw invalidToken(name, 'should be a short_channel_id of form NxNxN', token);
  }
  return { channels: 1 };
};
