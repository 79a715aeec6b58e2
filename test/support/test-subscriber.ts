import { readFileSync } from 'node:fs';
import { io, type Socket } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import type { TestNode } from './node.ts';

/** A Socket.IO subscriber that keeps all messages. */
export class TestSubscriber {
  readonly socket: Socket;
  readonly messages: unknown[] = [];
  #echoes = 0;

  /** Starts to connect. The connection closes after the test. */
  constructor(node: TestNode, rune?: string) {
    this.socket = io(node.url, {
      forceNew: true,
      reconnection: false,
      extraHeaders: rune === undefined ? {} : { rune },
      ...(node.url.startsWith('https:') ? { ca: readFileSync(node.caFile, 'utf8') } : {}),
    });
    this.socket.on('message', (message: unknown) => this.messages.push(message));
    onTestFinished(() => void this.socket.close());
  }

  /** Resolves with the arguments of the next event of this name. */
  next(event: string): Promise<unknown[]> {
    return new Promise((resolve) => {
      this.socket.once(event, (...values: unknown[]) => resolve(values));
    });
  }

  /** Resolves with the first matching message, past messages included. */
  async message(matches: (message: unknown) => boolean): Promise<unknown> {
    for (let seen = 0; ; seen++) {
      while (seen >= this.messages.length) await this.next('message');
      if (matches(this.messages[seen])) return this.messages[seen];
    }
  }

  /** Resolves when all messages sent so far have arrived: the server echoes a client message after them. */
  async receivedAll(): Promise<void> {
    const text = `echo ${++this.#echoes}`;
    const isEcho = (message: unknown): boolean =>
      (message as { client_message?: unknown }).client_message === text;
    this.socket.emit('message', text);
    await this.message(isEcho);
    this.messages.splice(this.messages.findIndex(isEcho), 1);
  }
}

/** Connects a subscriber and waits until the server has accepted it. */
export async function subscribe(node: TestNode, rune: string): Promise<TestSubscriber> {
  const subscriber = new TestSubscriber(node, rune);
  await subscriber.next('connect');
  return subscriber;
}
