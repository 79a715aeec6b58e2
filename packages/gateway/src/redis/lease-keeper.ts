import { randomBytes } from 'node:crypto';
import { MAX_BLACKLISTED_ID, type RevocationRange } from '../judge/revocation.ts';
import type { Lease } from '../judge/lease.ts';
import type { RedisConnection, Reply } from './connection.ts';
import type { RedisKeys } from './keys.ts';
import { encodeRequest, type Grant, LEASE_USED_MS, readGrant, RENEWAL_MS } from './lease-terms.ts';

/** Dependencies of a {@link LeaseKeeper}. */
export interface LeaseKeeperTools {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  /** Passes a lease on to the part that checks runes. */
  readonly renewed: (lease: Lease) => void;
  /** Notes a change of the blacklist. Resolves when no rune with these ids is allowed without the node any more. */
  readonly announce: (range: RevocationRange) => Promise<void>;
  /** Notes that the node continues with announced changes. */
  readonly passed: () => void;
  /** Returns milliseconds of a clock that is never set. */
  readonly now: () => number;
}

/** Writes a request and reads the grant. Keys: gateways, grants. Arguments: the gateway and its request. */
const RENEW = `
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HGET', KEYS[2], ARGV[1]) or ''
`;

/** The script's keys, and forgets a gateway. */
const LEAVE = `
redis.call('HDEL', KEYS[1], ARGV[1])
return redis.call('HDEL', KEYS[2], ARGV[1])
`;

const ALL: RevocationRange = { start: 0, end: MAX_BLACKLISTED_ID };
/** Requests whose time is kept. */
const MAX_REQUESTS = 32;

/**
 * Keeps a gateway's lease, while which it can check runes without the node. A lease begins when the gateway asks for it. The
 * gateway accepts it only if it has noted every change of the blacklist that the feeder had announced.
 */
export class LeaseKeeper {
  readonly #tools: LeaseKeeperTools;
  readonly #name = randomBytes(8).toString('hex');
  #request = 0;
  readonly #askedAt = new Map<number, number>();
  #feeder = '';
  #noted = 0;
  #passed = 0;
  /** Counts the feeders: what was learned under an earlier one is not valid. */
  #generation = 0;
  #timer: NodeJS.Timeout | undefined;
  #renewing: Promise<void> | undefined;
  #isDue = false;

  constructor(tools: LeaseKeeperTools) {
    this.#tools = tools;
  }

  start(): void {
    this.#timer = setInterval(() => this.renew(), RENEWAL_MS);
    this.renew();
  }

  /** Asks for a lease, and notes announced changes. */
  renew(): void {
    if (this.#renewing !== undefined) {
      this.#isDue = true;
      return;
    }
    this.#isDue = false;
    this.#renewing = this.#renew()
      .catch(() => undefined)
      .finally(() => {
        this.#renewing = undefined;
        if (this.#isDue) this.renew();
      });
  }

  /** Ends the lease. Never rejects. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    const { connection, keys } = this.#tools;
    await this.#renewing;
    await connection
      .script(LEAVE, [keys.gateways, keys.grants], [this.#name])
      .catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const { keys } = this.#tools;
    const request = ++this.#request;
    this.#askedAt.set(request, this.#tools.now());
    const [oldest = 0] = this.#askedAt.keys();
    if (this.#askedAt.size > MAX_REQUESTS) this.#askedAt.delete(oldest);
    const text = encodeRequest({ request, feeder: this.#feeder, noted: this.#noted });
    const reply = await this.#tools.connection.script(
      RENEW,
      [keys.gateways, keys.grants],
      [this.#name, text],
    );
    const grant = readGrant(String(reply));
    if (grant !== undefined) await this.#accept(grant);
    await this.#noteChanges();
  }

  async #accept(grant: Grant): Promise<void> {
    const askedAt = this.#askedAt.get(grant.request);
    if (askedAt === undefined) return;
    if (grant.feeder !== this.#feeder) {
      await this.#follow(grant);
    }
    if (grant.announced > this.#noted) await this.#note(grant.announced);
    if (grant.passed > this.#passed) {
      this.#passed = grant.passed;
      this.#tools.passed();
    }
    this.#tools.renewed({ generation: this.#generation, until: askedAt + LEASE_USED_MS });
  }

  /** Follows a feeder: what the gateway knows about the blacklist is not certain any more. */
  async #follow({ feeder, announced, passed, isQuiet }: Grant): Promise<void> {
    this.#feeder = feeder;
    this.#generation++;
    // The node can still make an earlier change.
    if (!isQuiet) await this.#tools.announce(ALL);
    this.#noted = announced;
    this.#passed = passed;
    if (!isQuiet) this.#tools.passed();
  }

  /** Notes the changes that the stream has, so that the feeder need not wait for the end of the lease. */
  async #noteChanges(): Promise<void> {
    if (this.#feeder === '') return;
    const newest = Math.max(0, ...(await this.#changes(this.#noted + 1)).keys());
    if (newest <= this.#noted) return;
    await this.#note(newest);
    this.#isDue = true;
  }

  /** Notes all changes up to one. Changes that Redis has lost are changes of all ids. */
  async #note(newest: number): Promise<void> {
    const changes = await this.#changes(this.#noted + 1);
    while (this.#noted < newest) {
      await this.#tools.announce(changes.get(this.#noted + 1) ?? ALL);
      this.#noted++;
    }
  }

  /** The announced changes of the feeder by number, from one on. */
  async #changes(from: number): Promise<ReadonlyMap<number, RevocationRange>> {
    const { connection, keys } = this.#tools;
    // An id without a sequence number includes all of the feeder.
    const range = [`${this.#feeder}-${from}`, this.#feeder];
    const reply = await connection.command(keys.revocations, [
      'XRANGE',
      keys.revocations,
      ...range,
    ]);
    const entries = Array.isArray(reply) ? (reply as readonly Reply[]) : [];
    return new Map(entries.map((entry) => readChange(entry)));
  }
}

function readChange(entry: Reply): readonly [number, RevocationRange] {
  const [id = '', fields] = Array.isArray(entry) ? (entry as readonly Reply[]) : [];
  const [, text = ''] = Array.isArray(fields) ? (fields as readonly Reply[]) : [];
  return [Number(String(id).split('-')[1]), readRange(String(text))];
}

/** A range that cannot be read is one of all ids. */
function readRange(text: string): RevocationRange {
  try {
    const range = JSON.parse(text) as Partial<RevocationRange>;
    const { start, end, relist } = range;
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) return ALL;
    return { start: Number(start), end: Number(end), relist };
  } catch {
    return ALL;
  }
}
