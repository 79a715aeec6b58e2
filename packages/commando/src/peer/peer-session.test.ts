import { expect, test } from 'vitest';
import { randomKeyPair } from '../noise/keys.ts';
import type { ByteChannel, ByteReceiver } from './byte-channel.ts';
import { PeerSession, type WorkBudget } from './peer-session.ts';

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

interface Ends {
  readonly server: PeerSession;
  readonly client: PeerSession;
  readonly channel: End;
  received: number;
}

/** A client that is connected to a server with a budget. */
function connected(budget: WorkBudget): Ends {
  const [mine, theirs] = channels();
  const [alice, bob] = [randomKeyPair(), randomKeyPair()];
  const init = { features: new Uint8Array(0), networks: [] };
  const base = { onReady: () => undefined, onDrain: () => undefined, onClose: () => undefined };
  const count = (): boolean => {
    ends.received++;
    return true;
  };
  const options = { init, handshakeMs: 10_000 };
  const server = new PeerSession(theirs, {
    ...options,
    ours: bob,
    budget,
    handler: { ...base, onMessage: count },
  });
  const client = new PeerSession(mine, {
    ...options,
    ours: alice,
    peer: bob.publicKey,
    handler: { ...base, onMessage: () => true },
  });
  const ends: Ends = { server, client, channel: theirs as End, received: 0 };
  return ends;
}

test('a peer that exceeds its budget waits, and is served on afterwards', async () => {
  let left = Infinity;
  const spent: number[] = [];
  const budget = {
    spend(units: number) {
      spent.push(units);
      return left-- > 0 ? 0 : 5;
    },
  };
  const ends = connected(budget);
  // Each message costs once as a piece of input, and once as a message.
  left = 19;
  for (let count = 0; count < 100; count++) ends.client.send(40_001, new Uint8Array(80));
  // The message that exceeds the budget is still handled.
  expect(ends.received).toBe(10);
  expect(ends.channel.isPaused).toBe(true);
  expect(spent.at(-1)).toBe(512 + (2 + 80 + 16) / 8);
  left = Infinity;
  await expect.poll(() => ends.received).toBe(100);
  ends.client.close();
});

test('large pongs, and other work, cost the peer that causes them', () => {
  const spent: number[] = [];
  const ends = connected({ spend: (units) => (spent.push(units), 0) });
  ends.client.ping(60_000);
  expect(spent.at(-1)).toBe(512 + 60_002 / 8);
  ends.server.charge(77);
  expect(spent.at(-1)).toBe(77);
  ends.client.close();
});

test('a session that waits can end', async () => {
  const ends = connected({ spend: () => 1 });
  ends.client.send(40_001, new Uint8Array(0));
  expect(ends.channel.isPaused).toBe(true);
  ends.server.close();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([ends.received, ends.server.isClosed]).toEqual([0, true]);
});
