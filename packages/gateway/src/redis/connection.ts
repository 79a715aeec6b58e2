import type { RedisAddress, RedisLogin } from './address.ts';

/** A reply of Redis, as RESP2 has it. */
export type Reply = string | number | null | readonly Reply[];

/** No reply arrived, or it is an error. Whether Redis ran the command is unknown. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
}

/** The time to connect, and the time for a reply. */
const CONNECT_MS = 5_000;
const REPLY_MS = 5_000;

/** What the three kinds of clients have in common. */
interface AnyClient {
  command(key: string, args: readonly string[]): Promise<Reply>;
  destroy(): void;
}

/**
 * A connection to Redis, opened with the first command. After any error, it is closed, and the next command opens another
 * one. Commands are not repeated: the caller knows which can run twice.
 */
export class RedisConnection {
  readonly #address: RedisAddress;
  readonly #ca: string | undefined;
  #client: Promise<AnyClient> | undefined;
  #isClosed = false;

  /** @param ca - certificates of authorities in PEM, for TLS; by default those that Node.js trusts */
  constructor(address: RedisAddress, ca?: string) {
    this.#address = address;
    this.#ca = ca;
  }

  /**
   * Runs a command. Rejects with a {@link RedisError}.
   *
   * @param key - a key of the command, which chooses the server of a cluster
   * @param replyMs - the time for the reply
   */
  async command(key: string, args: readonly string[], replyMs = REPLY_MS): Promise<Reply> {
    if (this.#isClosed) throw new RedisError('the connection was closed');
    this.#client ??= connect(this.#address, this.#ca);
    const client = this.#client;
    try {
      return await withDeadline(replyMs, (await client).command(key, args));
    } catch (cause) {
      this.#drop(client);
      throw new RedisError(reasonOf(cause), { cause });
    }
  }

  /** Runs a script (`EVAL`). The keys must be in one slot of a cluster. */
  script(text: string, keys: readonly string[], args: readonly string[]): Promise<Reply> {
    return this.command(keys[0] ?? '', ['EVAL', text, String(keys.length), ...keys, ...args]);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#client !== undefined) this.#drop(this.#client);
  }

  #drop(client: Promise<AnyClient>): void {
    if (this.#client === client) this.#client = undefined;
    client.then(
      (opened) => opened.destroy(),
      () => undefined,
    );
  }
}

/** Our options of a connection to one server. The connection does not repeat commands and does not reconnect. */
const OPTIONS = {
  RESP: 2,
  disableOfflineQueue: true,
  disableClientInfo: true,
  maintNotifications: 'disabled',
} as const;

const SOCKET = { connectTimeout: CONNECT_MS, reconnectStrategy: false } as const;

async function connect(address: RedisAddress, ca: string | undefined): Promise<AnyClient> {
  const { createClient, createCluster, createSentinel } = await import('./client-library.ts');
  switch (address.kind) {
    case 'server': {
      const client = createClient({
        ...OPTIONS,
        url: address.url,
        socket: address.url.startsWith('rediss:') ? secureSocket(ca) : SOCKET,
      });
      return opened(client, (_key, args) => client.sendCommand([...args]));
    }
    case 'cluster': {
      const cluster = createCluster({
        RESP: 2,
        rootNodes: address.nodes.map((node) => ({ socket: { ...node, ...SOCKET } })),
        defaults: { ...OPTIONS, ...loginOf(address.login), socket: socketOf(address.login, ca) },
      });
      return opened(cluster, (key, args) => cluster.sendCommand(key, false, [...args]));
    }
    case 'sentinel': {
      const options = {
        ...OPTIONS,
        ...loginOf(address.login),
        socket: socketOf(address.login, ca),
      };
      const sentinel = createSentinel({
        RESP: 2,
        name: address.name,
        sentinelRootNodes: [...address.nodes],
        sentinelClientOptions: {
          ...loginOf(address.sentinelLogin),
          socket: socketOf(address.sentinelLogin, ca),
        },
        nodeClientOptions: { ...options, database: address.login.database },
      });
      return opened(sentinel, (_key, args) => sentinel.sendCommand(false, [...args]));
    }
  }
}

function loginOf({ username, password }: Omit<RedisLogin, 'database' | 'tls'>): {
  username?: string;
  password?: string;
} {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

function socketOf({ tls }: Pick<RedisLogin, 'tls'>, ca: string | undefined) {
  return tls ? secureSocket(ca) : SOCKET;
}

function secureSocket(ca: string | undefined) {
  return { ...SOCKET, tls: true, ...(ca !== undefined && { ca }) } as const;
}

interface Openable {
  on(event: 'error', listener: (error: Error) => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
}

async function opened(
  client: Openable,
  command: (key: string, args: readonly string[]) => Promise<unknown>,
): Promise<AnyClient> {
  // Each command reports its failure.
  client.on('error', () => undefined);
  const destroy = (): void => void destroyClient(client);
  try {
    await withDeadline(2 * CONNECT_MS, client.connect());
  } catch (error) {
    destroy();
    throw error;
  }
  return { command: async (key, args) => (await command(key, args)) as Reply, destroy };
}

/** The clients throw, or reject, if they are closed already. */
async function destroyClient(client: Openable): Promise<void> {
  try {
    await client.destroy();
  } catch {
    // It is closed.
  }
}

async function withDeadline<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new RedisError(`no reply within ${ms / 1_000} seconds`)), ms);
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** The first line of a reason. Redis and the library do not put the password into it. */
function reasonOf(cause: unknown): string {
  const errors = cause instanceof AggregateError ? cause.errors : [cause];
  const texts = errors.map((error: unknown) =>
    error instanceof Error ? error.message || error.name : String(error),
  );
  return (texts.join(', ').split('\n')[0] ?? '').slice(0, 300);
}
