import { bytesOfHex, invalidToken, nodeIdOf, type Parser } from '@clnrest/lightningd/parameters';

export const channelIdBytes: Parser<Buffer> = (token, name) => {
  const bytes = bytesOfHex(token.text);
  if (bytes?.length !== 32) throw invalidToken(name, 'should be a channel id', token);
  return bytes;
};

/** The id of a peer, with the error of `disconnect`. */
export const peerId: Parser<string> = (token, name) => {
  const id = nodeIdOf(token.text);
  if (id === undefined) throw invalidToken(name, 'invalid peer id', token);
  return id;
};
