import { isSystemError } from '../certificates/files.ts';
import type { HostAddresses } from '../options/hosts.ts';
import type { Log } from './refusal-log.ts';

/** A server on one address. */
export interface AddressServer<Identity> {
  readonly port: number;
  setIdentity(identity: Identity): void;
  close(graceMs: number): Promise<void>;
}

/** Dependencies and settings of {@link GatewayServers}. */
export interface GatewayServersTools<Identity> {
  readonly hosts: readonly HostAddresses[];
  readonly port: number;
  /** The name of the option with the hosts. */
  readonly option: string;
  readonly protocol: 'http' | 'https';
  readonly log: Log;
  /** Starts to listen on an address. Rejects with the system's error. */
  readonly listen: (
    address: string,
    port: number,
    identity: Identity | undefined,
  ) => Promise<AddressServer<Identity>>;
  /** The time between two attempts. The default is 5,000; tests change it. */
  readonly retryMs?: number | undefined;
}

const RETRY_MS = 5_000;

/** An address cannot be used. */
export class ListenError extends Error {
  readonly address: string;
  readonly host: string;

  constructor(host: string, address: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.host = host;
    this.address = address;
  }
}

/**
 * Listens on all addresses of all hosts. A host name can have addresses that this machine does not have: one that it has
 * suffices. Hosts without such an address are tried again, because a VPN or a slow network can add the address later.
 */
export class GatewayServers<Identity> {
  readonly #tools: GatewayServersTools<Identity>;
  readonly #servers: AddressServer<Identity>[] = [];
  readonly #urls: string[] = [];
  #absent: readonly HostAddresses[] = [];
  #identity: Identity | undefined;
  #retry: NodeJS.Timeout | undefined;
  /** The failure of a later attempt, which is logged once. */
  #failure: string | undefined;
  #attempt: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(tools: GatewayServersTools<Identity>, identity: Identity | undefined) {
    this.#tools = tools;
    this.#identity = identity;
  }

  /** Resolves when it listens on all addresses that exist. Rejects with a {@link ListenError} if one cannot be used. */
  static async start<Identity>(
    tools: GatewayServersTools<Identity>,
    identity: Identity | undefined,
  ): Promise<GatewayServers<Identity>> {
    const servers = new GatewayServers(tools, identity);
    try {
      servers.#absent = await servers.#listenOn(tools.hosts);
    } catch (error) {
      await servers.close(0);
      throw error;
    }
    if (servers.#absent.length > 0) {
      const { retryMs = RETRY_MS } = tools;
      const hosts = servers.#absent.map(({ host }) => host).join(', ');
      tools.log(
        'unusual',
        `\`${tools.option}\` ${hosts} is not an address of this machine: trying again every ${retryMs / 1_000} seconds`,
      );
      servers.#scheduleRetry();
    }
    return servers;
  }

  /** The URLs of the hosts on which it listens. */
  get urls(): readonly string[] {
    return this.#urls;
  }

  /** The port on which it listens. */
  get port(): number {
    return this.#servers[0]?.port ?? this.#tools.port;
  }

  /** Uses another certificate for new connections. */
  setIdentity(identity: Identity): void {
    this.#identity = identity;
    for (const server of this.#servers) server.setIdentity(identity);
  }

  async close(graceMs: number): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retry);
    await this.#attempt;
    await Promise.all(this.#servers.map((server) => server.close(graceMs)));
  }

  /** Returns the hosts without an address of this machine. */
  async #listenOn(hosts: readonly HostAddresses[]): Promise<HostAddresses[]> {
    const absent: HostAddresses[] = [];
    for (const host of hosts) {
      if (!(await this.#listenOnHost(host))) absent.push(host);
    }
    return absent;
  }

  async #listenOnHost({ host, addresses }: HostAddresses): Promise<boolean> {
    const { listen, port, protocol } = this.#tools;
    let last: AddressServer<Identity> | undefined;
    for (const address of addresses) {
      try {
        last = await listen(address, port, this.#identity);
        this.#servers.push(last);
      } catch (cause) {
        if (!isAbsent(cause)) throw new ListenError(host, address, cause);
      }
    }
    if (last === undefined) return false;
    this.#urls.push(urlOf(protocol, host, last.port));
    return true;
  }

  #scheduleRetry(): void {
    const { retryMs = RETRY_MS } = this.#tools;
    this.#retry = setTimeout(() => {
      this.#attempt = this.#tryAgain();
    }, retryMs).unref();
  }

  async #tryAgain(): Promise<void> {
    const { log } = this.#tools;
    const stillAbsent: HostAddresses[] = [];
    for (const host of this.#absent) {
      if (this.#isClosed) return;
      try {
        if (!(await this.#listenOnHost(host))) stillAbsent.push(host);
        else log('info', `REST server running at ${this.#urls.at(-1)}`);
      } catch (error) {
        stillAbsent.push(host);
        this.#logFailure(error);
      }
    }
    this.#absent = stillAbsent;
    if (stillAbsent.length > 0 && !this.#isClosed) this.#scheduleRetry();
  }

  #logFailure(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason !== this.#failure) this.#tools.log('unusual', `cannot listen yet: ${reason}`);
    this.#failure = reason;
  }
}

/** Returns the URL of a host, which can be an IPv6 address without brackets. */
export function urlOf(protocol: 'http' | 'https', host: string, port: number): string {
  return `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function isAbsent(error: unknown): boolean {
  return isSystemError(error, 'EADDRNOTAVAIL') || isSystemError(error, 'EAFNOSUPPORT');
}
