import { Agent } from 'node:http';
import { onTestFinished } from 'vitest';
import { type Answer, ask } from '@clnrest/testing/http-client';

/** A well-behaved client with one kept connection, which must not notice what happens to others. */
export class WellBehavedClient {
  readonly #url: string;
  readonly #rune: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(url: string, rune: string) {
    this.#url = url;
    this.#rune = rune;
  }

  /** A client whose connection closes with the test. */
  static ofTest(url: string, rune: string): WellBehavedClient {
    const client = new WellBehavedClient(url, rune);
    onTestFinished(() => client.leave());
    return client;
  }

  /** Calls a command. Rejects if the response is missing or cut. */
  call(method: string, body?: string): Promise<Answer> {
    return ask(`${this.#url}/v1/${method}`, {
      method: 'POST',
      agent: this.#agent,
      headers: { rune: this.#rune, 'content-type': 'application/json' },
      ...(body !== undefined && { body }),
    });
  }

  /** Closes the connection. */
  leave(): void {
    this.#agent.destroy();
  }

  /** The status of `GET` for a path that needs no rune. */
  async status(path: string): Promise<number> {
    return (await ask(this.#url + path, { agent: this.#agent })).status;
  }
}
