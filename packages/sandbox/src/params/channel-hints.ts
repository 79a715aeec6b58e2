import { invalidToken, type Parser, shortChannelIdOf } from '@clnrest/lightningd/parameters';

/** The unannounced channels that an invoice can include as route hints. */
interface ChannelHints {
  /** The number of listed channels; 0 for `true` and `false`. */
  readonly channels: number;
}

/** `true`, `false`, a short channel id, or an array of short channel ids. */
export const channelHints: Parser<ChannelHints> = (token, name) => {
  if (token.raw === 'true' || token.raw === 'false') return { channels: 0 };
  if (token.type === 'array') {
    for (const item of token.items) {
      if (shortChannelIdOf(item.text) === undefined) {
        throw invalidToken(name, 'should be a short channel id', item);
      }
    }
    return { channels: token.items.length };
  }
  if (shortChannelIdOf(token.text) === undefined) {
    throw invalidToken(name, 'should be a short_channel_id of form NxNxN', token);
  }
  return { channels: 1 };
};
