/** Where Redis is: plain data, as the client library takes it. */
export type RedisAddress =
  | { readonly kind: 'server'; readonly url: string }
  | {
      readonly kind: 'sentinel';
      /** The name of the master. */
      readonly name: string;
      readonly nodes: readonly RedisNode[];
      readonly login: RedisLogin;
      /** How to log in to the sentinels themselves. */
      readonly sentinelLogin: Omit<RedisLogin, 'database'>;
    }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[]; readonly login: RedisLogin };

/** The address of one server. */
export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** How to log in to each server. */
export interface RedisLogin {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: boolean;
}

/** The address of Redis is not valid. The message does not contain it, because it can contain a password. */
export class RedisAddressError extends Error {
  override readonly name = 'RedisAddressError';
}

const SYNTAX =
  /^(redis|rediss)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^@/?#]+)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
const DEFAULT_PORT = 6_379;
const SENTINEL_PORT = 26_379;

/**
 * Reads the address of Redis: `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, `redis+sentinel://…HOST,HOST/NAME[/DATABASE]`
 * or `redis+cluster://…HOST,HOST`. After `?`, `sentinel-user`, `sentinel-password` and `sentinel-tls=true` are for the sentinels. With `rediss`, the connection has TLS. Names and passwords are percent-encoded.
 *
 * Throws a {@link RedisAddressError} if the text has another form.
 */
export function readRedisAddress(text: string): RedisAddress {
  const [, scheme, topology, userinfo, hosts = '', path = '', query] = SYNTAX.exec(text) ?? [];
  if (scheme === undefined) throw new RedisAddressError('it is not of the form redis://HOST:PORT');
  if (query !== undefined && topology !== 'sentinel') {
    throw new RedisAddressError('only redis+sentinel:// can have parameters after ?');
  }
  const tls = scheme === 'rediss';
  const [username, password] = readUser(userinfo);
  if (topology === undefined) {
    readNodes(hosts, DEFAULT_PORT, 1);
    readDatabase(path);
    return { kind: 'server', url: text };
  }
  if (topology === 'cluster') {
    if (path !== '') throw new RedisAddressError('a cluster has no databases');
    const login = { username, password, database: 0, tls };
    return { kind: 'cluster', nodes: readNodes(hosts, DEFAULT_PORT), login };
  }
  const [name = '', database = ''] = path.split('/');
  if (name === '') throw new RedisAddressError('the name of the master is missing after the hosts');
  return {
    kind: 'sentinel',
    name: decode(name),
    nodes: readNodes(hosts, SENTINEL_PORT),
    login: { username, password, database: readDatabase(database), tls },
    sentinelLogin: readSentinelLogin(query),
  };
}

/** The address without user and password, for logs. */
export function shownAddress(address: RedisAddress): string {
  if (address.kind === 'server') return new URL(address.url).host;
  return address.nodes.map(({ host, port }) => `${host}:${port}`).join();
}

function readUser(userinfo: string | undefined): readonly [string | undefined, string | undefined] {
  if (userinfo === undefined) return [undefined, undefined];
  const at = userinfo.indexOf(':');
  const username = at === -1 ? userinfo : userinfo.slice(0, at);
  const password = at === -1 ? undefined : decode(userinfo.slice(at + 1));
  return [username === '' ? undefined : decode(username), password];
}

const SENTINEL_PARAMETERS = ['sentinel-user', 'sentinel-password', 'sentinel-tls'];

function readSentinelLogin(query = ''): Omit<RedisLogin, 'database'> {
  const given = new Map<string, string>();
  for (const word of query.split('&').filter(Boolean)) {
    const [name = '', value = ''] = word.split(/=(.*)/s);
    if (!SENTINEL_PARAMETERS.includes(name)) {
      throw new RedisAddressError(`the parameters are ${SENTINEL_PARAMETERS.join(', ')}`);
    }
    given.set(name, decode(value));
  }
  const tls = given.get('sentinel-tls') ?? 'false';
  if (tls !== 'true' && tls !== 'false') {
    throw new RedisAddressError('sentinel-tls is neither true nor false');
  }
  return {
    username: given.get('sentinel-user'),
    password: given.get('sentinel-password'),
    tls: tls === 'true',
  };
}

function readNodes(text: string, defaultPort: number, max = 100): readonly RedisNode[] {
  const nodes = text.split(',').map((word) => {
    const [, bracketed, plain, port] =
      /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/.exec(word) ?? [];
    const host = bracketed ?? plain;
    const number = port === undefined ? defaultPort : Number(port);
    if (host === undefined || number < 1 || number > 65_535) {
      throw new RedisAddressError('a host is not of the form HOST:PORT');
    }
    return { host, port: number };
  });
  if (nodes.length > max) {
    throw new RedisAddressError('several hosts require redis+sentinel:// or redis+cluster://');
  }
  return nodes;
}

function readDatabase(text: string): number {
  if (/^\d{0,4}$/.test(text)) return Number(text);
  throw new RedisAddressError('the database is not a number');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new RedisAddressError('the user, the password or the name has an invalid escape', {
      cause,
    });
  }
}
