import { TokenBucket } from '@clnrest/bounds';
import { expect, test } from 'vitest';
import { randomKeyPair } from '../noise/keys.ts';
import type { ByteChannel, ByteReceiver } from './byte-channel.ts';
import { PeerSession } from './peer-session.ts';

/** Two connected channels in memory. A paused one keeps what arrives. */
function channels(): [ByteChannel, ByteChannel] {
  const ends = [new End(), new End()] as const;
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  return [ends[0], ends[1]];
}

class End implements ByteChannel {
  other: End | undefined;
  readonly pendingBytes = 0;
  isPaused = false;
  #receiver: ByteReceiver | undefined;
  #kept: Uint8Array[] = [];

  open(receiver: ByteReceiver): void {
    this.#receiver = receiver;
    this.#deliver();
  }

  send(bytes: Uint8Array): void {
    this.other?.arrive(bytes);
  }

  arrive(bytes: Uint8Array): void {
    this.#kept.push(bytes);
    this.#deliver();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.#deliver();
  }

  keepAlive(): void {}

  close(): void {
    this.#receiver?.onClose(undefined);
  }

  #deliver(): void {
    while (!this.isPaused && this.#receiver !== undefined) {
      const bytes = this.#kept.shift();
      if (bytes === undefined) return;
      this.#receiver.onBytes(bytes);
    }
  }
}

test('a peer that exceeds its budget waits, until the budget grows or the session ends', async () => {
  const [mine, theirs] = channels();
  const [alice, bob] = [randomKeyPair(), randomKeyPair()];
  const init = { features: new Uint8Array(0), networks: [] };
  const base = { onReady: () => undefined, onDrain: () => undefined, onClose: () => undefined };
  let now = 0;
  let received = 0;
  // Each message costs a little more than 512 bytes; `init` is the first.
  const budget = new TokenBucket({ capacity: 10 * 520, perSecond: 10 * 520 }, () => now);
  const all = new Promise<void>((resolve) => {
    const server: PeerSession = new PeerSession(theirs, {
      ours: bob,
      init,
      handshakeMs: 10_000,
      inputBudget: budget,
      handler: {
        ...base,
        onMessage() {
          if (++received === 15) {
            server.close();
            resolve();
          }
          return true;
        },
      },
    });
  });
  const client = new PeerSession(mine, {
    ours: alice,
    peer: bob.publicKey,
    init,
    handshakeMs: 10_000,
    handler: { ...base, onMessage: () => true },
  });
  for (let count = 0; count < 100; count++) client.send(40_001, new Uint8Array(0));
  // The message that exceeds the budget is still handled.
  expect(received).toBe(10);
  expect((theirs as End).isPaused).toBe(true);
  now = 1_000;
  await all;
  expect(received).toBe(15);
  client.close();
});
