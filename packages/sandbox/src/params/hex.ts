import { bytesOfHex, invalidToken, type Parser } from '@clnrest/lightningd/parameters';

/** Bytes in hex. lightningd ignores a value that is not hex (`param_bin_from_hex`). */
export const lenientHex: Parser<Buffer | undefined> = ({ type, text }) =>
  type === 'string' || type === 'primitive' ? bytesOfHex(text) : undefined;

const SECRET_BYTES = 32;

/** A secret of 32 bytes. */
export const secret: Parser<Buffer> = (token, name) => {
  const bytes = bytesOfHex(token.text);
  if (bytes?.length === SECRET_BYTES) return bytes;
  throw invalidToken(name, 'should be a 32 byte hex value', token);
};
