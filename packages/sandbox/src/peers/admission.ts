import { Semaphore, TokenBucket } from '@clnrest/bounds';

/** Handshakes at once. One address can have half of them. */
const MAX_HANDSHAKES = 64;
/** Connections at once, handshakes included. One address can have half of them. */
const MAX_CONNECTIONS = 512;
/** A handshake takes some milliseconds of processor time. */
const HANDSHAKES = { capacity: 200, perSecond: 50 };

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
  readonly #rate = new TokenBucket(HANDSHAKES);

  /** Returns a place for a connection from this address; undefined if all are taken. */
  admit(address: string): Place | undefined {
    if (!this.#connections.acquire(address)) return undefined;
    if (!this.#handshakes.acquire(address)) {
      this.#connections.release(address);
      return undefined;
    }
    if (!this.#rate.take()) {
      this.#handshakes.release(address);
      this.#connections.release(address);
      return undefined;
    }
    return this.#place(address);
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
