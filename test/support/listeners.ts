import { readFileSync } from 'node:fs';
import { io, type Socket } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import type { TestNode } from './node.ts';

/** A listener of our own, with all that it heard. */
export class TestListener {
  readonly socket: Socket;
  readonly heard: unknown[] = [];
  #echoes = 0;

  /** Starts to connect; it ends with the test. */
  constructor(node: TestNode, rune?: string) {
    this.socket = io(node.url, {
      forceNew: true,
      reconnection: false,
      extraHeaders: rune === undefined ? {} : { rune },
      ...(node.url.startsWith('https:') ? { ca: readFileSync(node.caFile, 'utf8') } : {}),
    });
    this.socket.on('message', (message: unknown) => this.heard.push(message));
    onTestFinished(() => void this.socket.close());
  }

  /** Resolves with the arguments of its next event of that name. */
  next(event: string): Promise<unknown[]> {
    return new Promise((resolve) => {
      this.socket.once(event, (...values: unknown[]) => resolve(values));
    });
  }

  /** Resolves with the first message, had or to come, that is as wanted. */
  async hears(isWanted: (message: unknown) => boolean): Promise<unknown> {
    for (let seen = 0; ; seen++) {
      while (seen >= this.heard.length) await this.next('message');
      if (isWanted(this.heard[seen])) return this.heard[seen];
    }
  }

  /** Resolves when all that the server had sent to it has come: what it says comes back behind it. */
  async caughtUp(): Promise<void> {
    const word = `echo ${++this.#echoes}`;
    const isEcho = (message: unknown): boolean =>
      (message as { client_message?: unknown }).client_message === word;
    this.socket.emit('message', word);
    await this.hears(isEcho);
    this.heard.splice(this.heard.findIndex(isEcho), 1);
  }
}

/** A listener that has been let in. */
export async function listening(node: TestNode, rune: string): Promise<TestListener> {
  const listener = new TestListener(node, rune);
  await listener.next('connect');
  return listener;
}
