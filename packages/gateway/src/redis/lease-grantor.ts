import type { RevocationRange } from '../judge/revocation.ts';
import type { RedisConnection, Reply } from './connection.ts';
import { BEAT, REVOKE } from './feeder-scripts.ts';
import type { RedisKeys } from './keys.ts';
import { encodeGrant, LEASE_MS, readRequest, RENEWAL_MS } from './lease-terms.ts';

/** Dependencies and settings of a {@link LeaseGrantor}. */
export interface LeaseGrantorTools {
  readonly connection: RedisConnection;
  readonly keys: () => RedisKeys | undefined;
  /** The feeder's number while it owns the stream. */
  readonly number: () => string | undefined;
  /** A number that changes with the registered paths. Gateways then ask the node for them. */
  readonly pathsVersion: () => number;
  /** Called if another feeder has claimed the stream. */
  readonly replaced: () => void;
  /** Whether the node announces changes of the blacklist. Without announcements, no gateway gets a lease. */
  readonly isAnnounced: boolean;
  /** Whether the node has started with this feeder, so that no earlier command can change the blacklist. */
  readonly startsWithNode: boolean;
  /** Milliseconds for which a change can be delayed by other plugins. Tests change it. */
  readonly delayedMs?: number;
  /** Returns milliseconds of a clock that is never set. */
  readonly now?: () => number;
}

/** A little longer than the lease, for a timer that fires early. */
const MARGIN_MS = 10;
/** How often the confirmations are read while the node waits. */
const POLL_MS = 20;
/** As long as another plugin can delay a command before the node runs it. */
const DELAYED_MS = 60_000;
/** A gateway that has not asked for that long is forgotten. */
const FORGET_MS = 60_000;

/** A gateway that has asked for leases. */
interface LeaseHolder {
  /** Its text in Redis. */
  text: string;
  changedAt: number;
  request: number;
  /** The newest change of this feeder that it has noted. */
  noted: number;
  /** When the last grant was sent, whether or not it has arrived. */
  grantedAt: number;
}

/**
 * Grants leases to gateways, which let them check runes without the node. A gateway's lease begins when it asks, which is before
 * this feeder grants. So every lease has ended {@link LEASE_MS} after the last grant was sent, whatever happens to Redis, and no
 * clocks are compared.
 */
export class LeaseGrantor {
  readonly #tools: LeaseGrantorTools;
  readonly #now: () => number;
  readonly #gateways = new Map<string, LeaseHolder>();
  /** Until then, gateways can have leases of an earlier feeder. */
  #unknownUntil: number;
  #announced = 0;
  #passed = 0;
  #quietFrom: number;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;

  constructor(tools: LeaseGrantorTools) {
    this.#tools = tools;
    const { now = () => performance.now(), startsWithNode, delayedMs = DELAYED_MS } = tools;
    this.#now = now;
    this.#unknownUntil = now() + LEASE_MS + MARGIN_MS;
    this.#quietFrom = startsWithNode ? 0 : now() + delayedMs;
  }

  start(): void {
    this.#timer = setInterval(() => void this.beat(), RENEWAL_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Notes that this feeder replaces another one now. */
  claimed(): void {
    this.#unknownUntil = this.#now() + LEASE_MS + MARGIN_MS;
  }

  /**
   * Announces a change of the blacklist that the node is about to make. Resolves when each gateway has noted the change, or its
   * lease has ended.
   */
  async announce(range: RevocationRange): Promise<void> {
    const change = ++this.#announced;
    this.#quietFrom = Infinity;
    const announcedAt = this.#now();
    void this.#send(change, range);
    while (this.#now() < this.#deadline(change, announcedAt)) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      void this.beat();
    }
  }

  /** Notes that the node continues with a change. */
  passed(): void {
    this.#passed++;
    if (this.#passed < this.#announced) return;
    this.#quietFrom = this.#now() + (this.#tools.delayedMs ?? DELAYED_MS);
  }

  /** Reads the gateways' requests and grants them. Never rejects: without Redis, the leases end. */
  beat(): Promise<void> {
    this.#beating ??= this.#beat()
      .catch(() => undefined)
      .finally(() => {
        this.#beating = undefined;
      });
    return this.#beating;
  }

  async #send(change: number, range: RevocationRange): Promise<void> {
    const keys = this.#tools.keys();
    const number = this.#tools.number();
    if (keys === undefined || number === undefined) return;
    const args = [number, String(change), JSON.stringify(range)];
    // A gateway that does not find the change takes it for a change of all ids.
    await this.#tools.connection
      .script(REVOKE, [keys.feeder, keys.revocations], args)
      .catch(() => undefined);
  }

  /** When no gateway has a lease any more without having noted a change. */
  #deadline(change: number, announcedAt: number): number {
    // Later grants require the gateway to have noted the change.
    const last = announcedAt + LEASE_MS + MARGIN_MS;
    let deadline = this.#unknownUntil;
    for (const { noted, grantedAt } of this.#gateways.values()) {
      if (noted < change) deadline = Math.max(deadline, grantedAt + LEASE_MS + MARGIN_MS);
    }
    return Math.min(deadline, last);
  }

  async #beat(): Promise<void> {
    const { connection, pathsVersion, replaced } = this.#tools;
    const keys = this.#tools.keys();
    const number = this.#tools.number();
    if (keys === undefined || number === undefined) return;
    const names = [keys.feeder, keys.gateways, keys.grants];
    const args = [number, String(pathsVersion())];
    const reply = await connection.script(BEAT, names, args);
    if (reply === -1) {
      replaced();
      return;
    }
    const grants = this.#grant(number, this.#read(number, reply));
    if (grants.length > 0) await connection.script(BEAT, names, [...args, ...grants]);
  }

  /** Returns the gateways whose requests are new. */
  #read(number: string, reply: Reply): readonly string[] {
    const changed: string[] = [];
    const entries = Array.isArray(reply) ? reply.map(String) : [];
    for (let at = 0; at + 1 < entries.length; at += 2) {
      const [name = '', text = ''] = entries.slice(at, at + 2);
      const before = this.#gateways.get(name);
      if (before?.text === text) continue;
      const request = readRequest(text);
      if (request === undefined) continue;
      changed.push(name);
      this.#gateways.set(name, {
        text,
        changedAt: this.#now(),
        request: request.request,
        noted: request.feeder === number ? request.noted : 0,
        grantedAt: before?.grantedAt ?? -Infinity,
      });
    }
    return changed;
  }

  /** Grants requests. Returns the arguments of the script. */
  #grant(feeder: string, names: readonly string[]): string[] {
    const args: string[] = [];
    const isQuiet = this.#now() >= this.#quietFrom;
    for (const name of this.#tools.isAnnounced ? names : []) {
      const gateway = this.#gateways.get(name);
      if (gateway === undefined) continue;
      gateway.grantedAt = this.#now();
      const { request } = gateway;
      const grant = { feeder, request, announced: this.#announced, passed: this.#passed, isQuiet };
      args.push(name, encodeGrant(grant));
    }
    for (const [name, { changedAt }] of this.#gateways) {
      if (this.#now() < changedAt + FORGET_MS) continue;
      this.#gateways.delete(name);
      args.push(name, '');
    }
    return args;
  }
}
