import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import type { TestNode } from './node.ts';

/** One of a crowd: keeps nothing but the number that must come next, and whether another came. */
export abstract class Hearer {
  /** How many it has heard: they are numbered from 0. */
  heard = 0;
  wrong: string | undefined;
  #changed: () => void = () => undefined;

  /** Resolves when it has heard so many. Rejects where one is missing, repeated or out of order. */
  async until(count: number): Promise<void> {
    while (this.heard < count && this.wrong === undefined) {
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
    if (this.wrong !== undefined) throw new Error(this.wrong);
  }

  /** Ends its listening. */
  abstract close(): void;

  protected hear(n: number): void {
    if (n === this.heard) this.heard++;
    else this.wrong ??= `${this.constructor.name} heard ${n} instead of ${this.heard}`;
    this.#changed();
  }

  protected leave(why: string): void {
    this.wrong ??= `${this.constructor.name} was cut off behind ${this.heard}: ${why}`;
    this.#changed();
  }
}

/** Hears by Socket.IO. */
export class SocketHearer extends Hearer {
  readonly socket: Socket;

  private constructor(socket: Socket) {
    super();
    this.socket = socket;
    socket.on('message', ({ cry }: { cry: { n: number } }) => this.hear(cry.n));
    socket.on('disconnect', (reason) => this.leave(reason));
  }

  static async open(node: TestNode, rune: string, transport: string): Promise<SocketHearer> {
    const socket = io(node.url, {
      forceNew: true,
      reconnection: false,
      transports: [transport],
      auth: { rune, topics: 'cry' },
    });
    const hearer = new SocketHearer(socket);
    await once(socket as never, 'connect');
    return hearer;
  }

  close(): void {
    this.socket.off('disconnect').close();
  }
}

/** Hears by server-sent events. */
export class StreamHearer extends Hearer {
  readonly answer: IncomingMessage;
  #text = '';

  private constructor(answer: IncomingMessage) {
    super();
    this.answer = answer;
    answer.setEncoding('latin1');
    answer.on('data', (piece: string) => this.#read(piece));
    answer.on('error', (error) => this.leave(error.message));
  }

  static async open(node: TestNode, rune: string): Promise<StreamHearer> {
    const request = get(`${node.url}/v1/notifications?topics=cry`, {
      headers: { rune },
      agent: false,
    });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return new StreamHearer(answer);
  }

  close(): void {
    this.answer.removeAllListeners('error').on('error', () => undefined);
    this.answer.destroy();
  }

  #read(piece: string): void {
    const events = (this.#text + piece).split('\n\n');
    this.#text = events.pop() ?? '';
    for (const event of events) {
      const n = /"n":([0-9]+)/.exec(event)?.[1];
      if (n !== undefined) this.hear(Number(n));
    }
  }
}

/** Starts to listen, and then reads nothing of what comes. */
export class Stalled {
  readonly close: () => void;

  private constructor(close: () => void) {
    this.close = close;
  }

  static async bySocket(node: TestNode, rune: string): Promise<Stalled> {
    const { socket } = await SocketHearer.open(node, rune, 'websocket');
    const { ws } = socket.io.engine.transport as unknown as { ws: { pause(): void } };
    ws.pause();
    return new Stalled(() => void socket.close());
  }

  static async byStream(node: TestNode, rune: string): Promise<Stalled> {
    const hearer = await StreamHearer.open(node, rune);
    hearer.answer.pause();
    return new Stalled(() => hearer.close());
  }

  /** One who polls, and does not come back. */
  static async byPolling(node: TestNode, rune: string): Promise<Stalled> {
    const path = '/socket.io/?EIO=4&transport=polling';
    const answer = await fetch(node.url + path);
    const { sid } = JSON.parse((await answer.text()).slice(1)) as { sid: string };
    const hello = `40${JSON.stringify({ rune, topics: 'cry' })}`;
    const { status } = await fetch(`${node.url}${path}&sid=${sid}`, {
      method: 'POST',
      body: hello,
    });
    if (status !== 200) throw new Error(`status ${status}`);
    const welcome = await (await fetch(`${node.url}${path}&sid=${sid}`)).text();
    if (!welcome.startsWith('40{')) throw new Error(welcome);
    return new Stalled(() => undefined);
  }
}
