import { setTimeout as wait } from 'node:timers/promises';
import { isSystemError } from '../certificates/files.ts';
import type { Log } from './refusal-log.ts';

/** Dependencies and settings of a {@link PortWait}. */
export interface PortWaitTools {
  readonly log: Log;
  /** Time from now in which a port can become free. */
  readonly waitMs: number;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

const POLL_MS = 100;

/**
 * Listens as soon as a port is free. After `kill -9` of a node, the processes of its plugin take up to a second to end, and a node that
 * starts meanwhile finds its port in use. All ports share one deadline.
 */
export class PortWait {
  readonly #tools: PortWaitTools;
  readonly #end: number;

  constructor(tools: PortWaitTools) {
    this.#tools = tools;
    this.#end = performance.now() + tools.waitMs;
  }

  /** Tries to listen until the deadline. Rejects with the last error of `listen`. */
  async listen<T>(host: string, port: number, listen: () => Promise<T>): Promise<T> {
    let hasLogged = false;
    for (;;) {
      try {
        return await listen();
      } catch (error) {
        if (!isSystemError(error, 'EADDRINUSE') || this.#hasEnded) throw error;
      }
      if (!hasLogged) this.#logWait(host, port);
      hasLogged = true;
      await wait(POLL_MS, undefined, { signal: this.#tools.signal }).catch(() => undefined);
    }
  }

  get #hasEnded(): boolean {
    return this.#tools.signal?.aborted === true || performance.now() >= this.#end;
  }

  #logWait(host: string, port: number): void {
    const seconds = this.#tools.waitMs / 1_000;
    this.#tools.log(
      'info',
      `Port ${port} of ${host} is in use: waiting up to ${seconds} seconds for it`,
    );
  }
}
