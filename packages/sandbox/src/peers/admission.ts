import { Semaphore, TokenBucket } from '@clnrest/bounds';

/** Handshakes at once. One address can have half of them. */
const MAX_HANDSHAKES = 64;
/** Connections at once, handshakes included. One address can have half of them. */
const MAX_CONNECTIONS = 512;
/** A handshake takes about ten milliseconds of processor time. */
const HANDSHAKES = { capacity: 100, perSecond: 40 };
const HANDSHAKES_OF_ADDRESS = { capacity: 50, perSecond: 10 };
/** Addresses whose handshakes are counted. An address that is forgotten gets its burst again. */
const MAX_ADDRESSES = 1_000;

/** A place for a connection. */
export interface Place {
  /** The handshake is complete. */
  authenticated(): void;
  /** The connection has ended. */
  release(): void;
}

/** Limits the connections of peers before they are authenticated, and in total. */
export class Admission {
  readonly #handshakes = new Semaphore(MAX_HANDSHAKES);
  readonly #connections = new Semaphore(MAX_CONNECTIONS);
  readonly #now: () => number;
  readonly #rate: TokenBucket;
  /** By address, the least recent first. */
  readonly #rates = new Map<string, TokenBucket>();

  /** @param now - a monotonic clock in milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#rate = new TokenBucket(HANDSHAKES, now);
  }

  /** Returns a place for a connection from this address; undefined if all are taken. */
  admit(address: string): Place | undefined {
    if (!this.#connections.acquire(address)) return undefined;
    if (!this.#handshakes.acquire(address)) {
      this.#connections.release(address);
      return undefined;
    }
    if (!this.#rateOf(address).take() || !this.#rate.take()) {
      this.#handshakes.release(address);
      this.#connections.release(address);
      return undefined;
    }
    return this.#place(address);
  }

  /** An address that connects all the time leaves most of the rate to others. */
  #rateOf(address: string): TokenBucket {
    const rate = this.#rates.get(address) ?? new TokenBucket(HANDSHAKES_OF_ADDRESS, this.#now);
    this.#rates.delete(address);
    this.#rates.set(address, rate);
    if (this.#rates.size > MAX_ADDRESSES) {
      const [oldest] = this.#rates.keys();
      if (oldest !== undefined) this.#rates.delete(oldest);
    }
    return rate;
  }

  #place(address: string): Place {
    let stage: 'handshake' | 'open' | 'ended' = 'handshake';
    const authenticated = (): void => {
      if (stage !== 'handshake') return;
      stage = 'open';
      this.#handshakes.release(address);
    };
    const release = (): void => {
      authenticated();
      if (stage === 'ended') return;
      stage = 'ended';
      this.#connections.release(address);
    };
    return { authenticated, release };
  }
}
