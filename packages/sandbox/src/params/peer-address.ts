import { invalidToken, nodeIdOf, type Parser } from '@clnrest/lightningd/parameters';
import { CommandError, ErrorCode } from '../commands/errors.ts';

interface HostAndPort {
  readonly host: string;
  readonly port: number | undefined;
}

/** A node id, and its address if the text contains one. */
interface PeerAddress {
  readonly id: string;
  readonly place: HostAndPort | undefined;
}

/** A node to connect to: `id`, `id@host` or `id@host:port`. */
export const peerAddress: Parser<PeerAddress> = (token, name) => {
  const { text } = token;
  const at = text.indexOf('@');
  const id = nodeIdOf(at < 0 ? text : text.slice(0, at));
  if (id === undefined) throw invalidToken(name, 'should be a node id', token);
  if (at < 0) return { id, place: undefined };
  const place = parseHostAndPort(text.slice(at + 1));
  if (place === undefined) {
    throw new CommandError(ErrorCode.invalidParams, 'malformed host @part');
  }
  return { id, place };
};

/** `host`, `host:port` or `[host]:port`. Several colons, or a colon at the end, belong to the host. */
function parseHostAndPort(text: string): HostAndPort | undefined {
  const [, bracketed, rest = ''] = /^\[([^\]]*)\](.*)$/s.exec(text) ?? [];
  if (bracketed !== undefined) {
    const colon = rest.indexOf(':');
    return colon < 0
      ? { host: bracketed, port: undefined }
      : hostAndPort(bracketed, rest.slice(colon + 1));
  }
  if (text.startsWith('[')) return undefined;
  const [, host, port] = /^([^:]*):([^:]+)$/s.exec(text) ?? [];
  return host === undefined || port === undefined
    ? { host: text, port: undefined }
    : hostAndPort(host, port);
}

/** Parses the port like C's strtol into 16 bits: a larger number wraps around, and 0 is rejected. */
function hostAndPort(host: string, digits: string): HostAndPort | undefined {
  if (!/^[ \t\n\v\f\r]*[+-]?[0-9]{1,18}$/.test(digits)) return undefined;
  const port = Number(BigInt.asUintN(16, BigInt(digits)));
  return port === 0 ? undefined : { host, port };
}
