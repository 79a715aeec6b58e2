import { RpcClient, type RpcPipeline, TransportError } from '@clnrest/lightningd';
import { LIMITS } from '../limits.ts';

/** Milliseconds between questions about the other plugins. */
const POLL_MS = 20;

/**
 * Finds out, while this plugin ends, whether the node can still cause notifications that this plugin would not get.
 *
 * lightningd that stops closes its listening socket, kills the plugins without a subscription to `shutdown`, notifies the
 * others, and waits for them. Meanwhile it runs commands of open connections. When the last plugin has ended, no command runs any
 * more (`shutdown_plugins` in lightningd/plugin.c, v26.06.6). So the last plugin has all notifications. A connection that was
 * open before shows who else is left.
 */
export class StoppingNode {
  readonly #socketPath: string;
  readonly #client: RpcClient;
  /** The connection, which also works while the node stops. */
  readonly connection: RpcPipeline;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
    this.#client = new RpcClient({ socketPath });
    this.connection = this.#client.pipeline();
  }

  /** Asks the node for its id, and opens the connection. */
  async id(): Promise<string> {
    return (await this.connection.call('getinfo', {}, { timeoutMs: LIMITS.nodeMs })).id;
  }

  /**
   * Waits until the node stops and has no other plugin. Resolves with `false` if the node continues to run, as after `plugin
   * stop`, if other plugins are left after a time, or if the node does not reply. Never rejects.
   */
  async untilLast(timeoutMs: number): Promise<boolean> {
    const end = performance.now() + timeoutMs;
    if (await this.#listens(timeoutMs)) return false;
    try {
      for (;;) {
        const left = end - performance.now();
        if (left <= 0) return false;
        const { plugins } = await this.connection.call(
          'plugin',
          { subcommand: 'list' },
          { timeoutMs: left },
        );
        if (plugins?.length === 1) return true;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    } catch {
      return false;
    }
  }

  /** Never rejects. */
  close(): Promise<void> {
    return this.#client.close();
  }

  async #listens(timeoutMs: number): Promise<boolean> {
    const client = new RpcClient({ socketPath: this.#socketPath, maxConnections: 1 });
    try {
      await client.call('getinfo', {}, { timeoutMs });
      return true;
    } catch (error) {
      return !(error instanceof TransportError && NOT_LISTENING.has(error.code));
    } finally {
      await client.close();
    }
  }
}

const NOT_LISTENING: ReadonlySet<string> = new Set(['refused', 'socket_missing']);
