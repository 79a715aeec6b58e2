import { CommandError, ErrorCode } from '../commands/errors.ts';
import type { Parser } from './declaration.ts';
import { invalidToken } from './invalid-token.ts';
import { nodeIdOf } from './texts.ts';

interface Place {
  readonly host: string;
  readonly port: number | undefined;
}

/** A node, and where it can be found if that was said with it. */
interface PeerAddress {
  readonly id: string;
  readonly place: Place | undefined;
}

/** A node to connect to: `id`, `id@host` or `id@host:port`. */
export const peerAddress: Parser<PeerAddress> = (token, name) => {
  const { text } = token;
  const at = text.indexOf('@');
  const id = nodeIdOf(at < 0 ? text : text.slice(0, at));
  if (id === undefined) throw invalidToken(name, 'should be a node id', token);
  if (at < 0) return { id, place: undefined };
  const place = placeOf(text.slice(at + 1));
  if (place === undefined) {
    throw new CommandError(ErrorCode.invalidParams, 'malformed host @part');
  }
  return { id, place };
};

/** `host`, `host:port` or `[host]:port`. More colons than one, or one at the end, are the host's. */
const placeOf = (text: string): Place | undefined => {
  const [, inside, behind = ''] = /^\[([^\]]*)\](.*)$/s.exec(text) ?? [];
  if (inside !== undefined) {
    const colon = behind.indexOf(':');
    return colon < 0 ? { host: inside, port: undefined } : placeAt(inside, behind.slice(colon + 1));
  }
  if (text.startsWith('[')) return undefined;
  const [, host, port] = /^([^:]*):([^:]+)$/s.exec(text) ?? [];
  return host === undefined || port === undefined
    ? { host: text, port: undefined }
    : placeAt(host, port);
};

/** C's strtol into 16 bits: what is too large wraps around, and only what is 0 then is refused. */
const placeAt = (host: string, digits: string): Place | undefined => {
  if (!/^[ \t\n\v\f\r]*[+-]?[0-9]{1,18}$/.test(digits)) return undefined;
  const port = Number(BigInt.asUintN(16, BigInt(digits)));
  return port === 0 ? undefined : { host, port };
};
