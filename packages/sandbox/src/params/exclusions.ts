import {
  invalidToken,
  nodeIdOf,
  type Parser,
  shortChannelIdOf,
} from '@clnrest/lightningd/parameters';
import { CommandError, ErrorCode } from '../commands/errors.ts';

/** What a route must avoid: nodes, and directions of channels such as `1x1x1/0`. */
export const exclusions: Parser<readonly string[]> = (token, name) => {
  if (token.type !== 'array') {
    throw new CommandError(
      ErrorCode.invalidParams,
      `Exclude array ${name} ("${token.text}") is not an array`,
    );
  }
  return token.items.map((item) => {
    const excluded = nodeIdOf(item.text) ?? directionOf(item.text);
    if (excluded === undefined) {
      throw invalidToken(name, 'should be short_channel_id_dir or node_id', item);
    }
    return excluded;
  });
};

function directionOf(text: string): string | undefined {
  const [, channel = '', direction = ''] = /^(.*)\/([01])$/.exec(text) ?? [];
  const id = shortChannelIdOf(channel);
  return id === undefined ? undefined : `${id}/${direction}`;
}
