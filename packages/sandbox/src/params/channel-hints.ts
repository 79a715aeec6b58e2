import { invalidToken, type Parser, shortChannelIdOf } from '@clnrest/lightningd/parameters';

/** The channels that an invoice can include as route hints: private ones or not, or short channel ids. */
export type ChannelHints = boolean | readonly string[];

/** `true`, `false`, a short channel id, or an array of short channel ids. */
export const channelHints: Parser<ChannelHints> = (token, name) => {
  if (token.raw === 'true' || token.raw === 'false') return token.raw === 'true';
  if (token.type === 'array') {
    for (const item of token.items) {
      if (shortChannelIdOf(item.text) === undefined) {
        throw invalidToken(name, 'should be a short channel id', item);
      }
    }
    return token.items.map(({ text }) => text);
  }
  if (shortChannelIdOf(token.text) === undefined) {
    throw invalidToken(name, 'should be a short_channel_id of form NxNxN', token);
  }
  return [token.text];
};
