import { once } from 'node:events';
import type { PluginNotification } from '@clnrest/lightningd';
import { io, type Socket } from 'socket.io-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RUNE } from '@clnrest/testing';
import { FakeNode } from '@clnrest/testing/fake-node';
import { LIMITS } from '../limits.ts';
import { testGateway, type TestGateway, type TestOptions } from '../testing/gateway.ts';

const startGateway = (options: TestOptions = {}) => testGateway({ ...options, holdMs: 0 });

function notify(gateway: TestGateway, name: string, filler = ''): void {
  const paramsText = `{"t":{"n":"${name}","big":18446744073709551615,"filler":"${filler}"}}`;
  const params: PluginNotification['params'] = {};
  gateway.notify({ topic: 't', origin: undefined, paramsText, params, payload: undefined });
}

type Transport = 'polling' | 'websocket';

/** A client that remembers the newest id, as the documentation shows. */
class Client {
  readonly socket: Socket;
  /** The names of the messages, and the other events. */
  readonly events: string[] = [];
  readonly #waiting = new Set<() => void>();
  last: string;

  constructor(url: string, transport: Transport, last = '') {
    this.last = last;
    this.socket = io(url, {
      forceNew: true,
      reconnection: false,
      transports: [transport],
      extraHeaders: { rune: RUNE },
      auth: (give) => give({ last_event_id: this.last }),
    });
    onTestFinished(() => void this.socket.close());
    this.socket.on('message', (message: { t: { n: string } }, id?: string) => {
      this.last = id ?? this.last;
      this.#add(message.t.n);
    });
    this.socket.on('resume_from', (id: string) => {
      this.last = id;
      this.#add('resume_from');
    });
    this.socket.on('missed', ({ message }: { message: string }) => this.#add(message));
    this.socket.on('error', ({ message }: { message: string }) => this.#add(message));
  }

  #add(event: string): void {
    this.events.push(event);
    for (const wake of this.#waiting) wake();
  }

  /** Resolves when there are this many events. */
  async received(count: number): Promise<readonly string[]> {
    while (this.events.length < count) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    return this.events;
  }
}

const MISSED = 'Some notifications were missed: the server no longer has them';

describe.each<Transport>(['polling', 'websocket'])('a client with last_event_id, by %s', (kind) => {
  test('resumes after the last event, and receives nothing twice', async () => {
    const gateway = await startGateway();
    const first = new Client(gateway.url, kind);
    expect(await first.received(1)).toEqual(['resume_from']);
    notify(gateway, 'a');
    notify(gateway, 'b');
    expect(await first.received(3)).toEqual(['resume_from', 'a', 'b']);
    first.socket.close();
    notify(gateway, 'c');
    notify(gateway, 'd');
    const second = new Client(gateway.url, kind, first.last);
    expect(await second.received(2)).toEqual(['c', 'd']);
    notify(gateway, 'e');
    expect(await second.received(3)).toEqual(['c', 'd', 'e']);
  });

  test('resumes even if it had received no event before', async () => {
    const gateway = await startGateway();
    const first = new Client(gateway.url, kind);
    await first.received(1);
    first.socket.close();
    notify(gateway, 'a');
    const second = new Client(gateway.url, kind, first.last);
    expect(await second.received(1)).toEqual(['a']);
  });

  test('receives `missed` if some events are gone, or if the id is unknown', async () => {
    const gateway = await startGateway({ limits: { ...LIMITS, historyMessages: 2 } });
    const first = new Client(gateway.url, kind);
    await first.received(1);
    first.socket.close();
    for (const name of ['a', 'b', 'c']) notify(gateway, name);
    const known = new Client(gateway.url, kind, first.last);
    expect(await known.received(4)).toEqual([MISSED, 'resume_from', 'b', 'c']);
    const unknown = new Client(gateway.url, kind, 'x'.repeat(10_000));
    expect(await unknown.received(4)).toEqual([MISSED, 'resume_from', 'b', 'c']);
  });

  test('receives many missed events, and new ones after them', async () => {
    const gateway = await startGateway();
    const first = new Client(gateway.url, kind);
    await first.received(1);
    first.socket.close();
    const filler = 'x'.repeat(10_000);
    const names = Array.from({ length: 300 }, (_, index) => String(index));
    for (const name of names.slice(0, 290)) notify(gateway, name, filler);
    const second = new Client(gateway.url, kind, first.last);
    await second.received(1);
    for (const name of names.slice(290)) notify(gateway, name, filler);
    expect(await second.received(300)).toEqual(names);
  });
});

test('a client that resumes gets nothing after its rune was blacklisted', async () => {
  let isBlacklisted = false;
  const node = await FakeNode.start({
    checkrune: (call) =>
      isBlacklisted
        ? call.error(1503, 'Not authorized: Blacklisted rune')
        : call.result('{"valid":true}'),
  });
  const gateway = await startGateway({ node });
  const first = new Client(gateway.url, 'websocket');
  await first.received(1);
  first.socket.close();
  notify(gateway, 'a');
  isBlacklisted = true;
  const second = new Client(gateway.url, 'websocket', first.last);
  const [error] = (await once(second.socket as never, 'connect_error')) as [Error];
  expect(error.message).toBe('Not authorized: Blacklisted rune');
  expect(second.events).toEqual([]);
});

test('a client without last_event_id receives one argument, beside one with it', async () => {
  const gateway = await startGateway();
  const plain = io(gateway.url, { forceNew: true, extraHeaders: { rune: RUNE } });
  onTestFinished(() => void plain.close());
  await once(plain as never, 'connect');
  const client = new Client(gateway.url, 'websocket');
  await client.received(1);
  const args = once(plain as never, 'message');
  notify(gateway, 'a');
  expect(await args).toHaveLength(1);
  await client.received(2);
  expect(client.last).toMatch(/^[0-9a-f]{8}-1$/);
});

test('a client that does not read what it missed is disconnected, and its slot is free again', async () => {
  const gateway = await startGateway({ limits: { ...LIMITS, stalledReaderMs: 200 } });
  const first = new Client(gateway.url, 'websocket');
  await first.received(1);
  first.socket.close();
  for (let n = 0; n < 700; n++) notify(gateway, String(n), 'x'.repeat(10_000));
  const second = new Client(gateway.url, 'websocket', first.last);
  second.socket.io.on('open', () => {
    const { transport } = second.socket.io.engine as unknown as {
      transport: { ws: { pause(): void } };
    };
    // After the handshake, nothing more is read.
    second.socket.once('connect', () => transport.ws.pause());
  });
  await expect
    .poll(() => gateway.log.some((line) => line.includes('slow_subscriber')), { timeout: 5_000 })
    .toBe(true);
});
