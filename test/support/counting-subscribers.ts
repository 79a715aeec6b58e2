import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import type { TestNode } from './node.ts';

/** A subscriber that keeps only the next expected number, and the first problem. */
export abstract class CountingSubscriber {
  /** How many notifications it has received. They are numbered from 0. */
  received = 0;
  problem: string | undefined;
  #changed: () => void = () => undefined;

  /** Resolves when it has received so many. Rejects if one is missing, repeated or out of order. */
  async until(count: number): Promise<void> {
    while (this.received < count && this.problem === undefined) {
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
    if (this.problem !== undefined) throw new Error(this.problem);
  }

  /** Disconnects. */
  abstract close(): void;

  protected receive(n: number): void {
    if (n === this.received) this.received++;
    else this.problem ??= `${this.constructor.name} received ${n} instead of ${this.received}`;
    this.#changed();
  }

  protected disconnected(why: string): void {
    this.problem ??= `${this.constructor.name} was disconnected after ${this.received}: ${why}`;
    this.#changed();
  }
}

/** Subscribes with Socket.IO. */
export class SocketSubscriber extends CountingSubscriber {
  readonly socket: Socket;

  private constructor(socket: Socket) {
    super();
    this.socket = socket;
    socket.on('message', ({ burst }: { burst: { n: number } }) => this.receive(burst.n));
    socket.on('disconnect', (reason) => this.disconnected(reason));
  }

  static async open(node: TestNode, rune: string, transport: string): Promise<SocketSubscriber> {
    const socket = io(node.url, {
      forceNew: true,
      reconnection: false,
      transports: [transport],
      auth: { rune, topics: 'burst' },
    });
    const subscriber = new SocketSubscriber(socket);
    await once(socket as never, 'connect');
    return subscriber;
  }

  close(): void {
    this.socket.off('disconnect').close();
  }
}

/** Subscribes to server-sent events. */
export class StreamSubscriber extends CountingSubscriber {
  readonly response: IncomingMessage;
  #text = '';

  private constructor(response: IncomingMessage) {
    super();
    this.response = response;
    response.setEncoding('latin1');
    response.on('data', (piece: string) => this.#read(piece));
    response.on('error', (error) => this.disconnected(error.message));
  }

  static async open(node: TestNode, rune: string): Promise<StreamSubscriber> {
    const request = get(`${node.url}/v1/notifications?topics=burst`, {
      headers: { rune },
      agent: false,
    });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return new StreamSubscriber(response);
  }

  close(): void {
    this.response.removeAllListeners('error').on('error', () => undefined);
    this.response.destroy();
  }

  #read(piece: string): void {
    const events = (this.#text + piece).split('\n\n');
    this.#text = events.pop() ?? '';
    for (const event of events) {
      const n = /"n":([0-9]+)/.exec(event)?.[1];
      if (n !== undefined) this.receive(Number(n));
    }
  }
}

/** A subscriber that does not read. */
export class StalledSubscriber {
  readonly close: () => void;

  private constructor(close: () => void) {
    this.close = close;
  }

  static async withSocket(node: TestNode, rune: string): Promise<StalledSubscriber> {
    const { socket } = await SocketSubscriber.open(node, rune, 'websocket');
    const { ws } = socket.io.engine.transport as unknown as { ws: { pause(): void } };
    ws.pause();
    return new StalledSubscriber(() => void socket.close());
  }

  static async withStream(node: TestNode, rune: string): Promise<StalledSubscriber> {
    const subscriber = await StreamSubscriber.open(node, rune);
    subscriber.response.pause();
    return new StalledSubscriber(() => subscriber.close());
  }

  /** It polls once, and not again. */
  static async withPolling(node: TestNode, rune: string): Promise<StalledSubscriber> {
    const path = '/socket.io/?EIO=4&transport=polling';
    const response = await fetch(node.url + path);
    const { sid } = JSON.parse((await response.text()).slice(1)) as { sid: string };
    const hello = `40${JSON.stringify({ rune, topics: 'burst' })}`;
    const { status } = await fetch(`${node.url}${path}&sid=${sid}`, {
      method: 'POST',
      body: hello,
    });
    if (status !== 200) throw new Error(`status ${status}`);
    const welcome = await (await fetch(`${node.url}${path}&sid=${sid}`)).text();
    if (!welcome.startsWith('40{')) throw new Error(welcome);
    return new StalledSubscriber(() => undefined);
  }
}
