import type { RedisConnection } from './connection.ts';
import type { RedisKeys } from './keys.ts';

/** Dependencies of a {@link PathSignal}. */
export interface PathSignalTools {
  readonly connection: RedisConnection;
  readonly keys: RedisKeys;
  /** Called when the plugin has another version of the registered paths. */
  readonly changed: () => void;
}

const INTERVAL_MS = 1_000;

/**
 * Notices in Redis that the registered paths of the node have changed. Only the node itself has the paths: a program that can
 * write to Redis must not open a command.
 */
export class PathSignal {
  readonly #tools: PathSignalTools;
  #version: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isReading = false;

  constructor(tools: PathSignalTools) {
    this.#tools = tools;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#read(), INTERVAL_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Never rejects: without Redis, the paths are asked for less often. */
  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    const { connection, keys, changed } = this.#tools;
    try {
      const args = ['HMGET', keys.feeder, 'number', 'paths'];
      const version = String(await connection.command(keys.feeder, args));
      if (version === this.#version) return;
      this.#version = version;
      changed();
    } catch {
      // The reader of the stream reports that Redis is away.
    } finally {
      this.#isReading = false;
    }
  }
}
