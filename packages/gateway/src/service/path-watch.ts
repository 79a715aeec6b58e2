import { RpcClient, RpcError, TransportError } from '@clnrest/lightningd';
import { builds } from '../builds.ts';
import type { Log } from '../http/refusal-log.ts';
import { printable } from '../http/printable.ts';
import { LIMITS } from '../limits.ts';
import { METHOD_NOT_FOUND } from '../node/command-failure.ts';
import { encodePaths, readPaths } from '../paths/listed-paths.ts';
import type { PathRegistration } from '../routing/registration.ts';

/** Dependencies of a {@link PathWatch}. */
export interface PathWatchTools {
  /** The node's socket. */
  readonly socketPath: string;
  readonly log: Log;
  /** Called when the node has other registered paths than before. */
  readonly changed: (registrations: readonly PathRegistration[]) => void;
}

const TIMEOUT_MS = 10_000;
const COMMANDS = Object.values(builds).map(({ listPaths }) => listPaths);

/** Asks the plugins of the node for the paths that are registered with them, so that a separate gateway serves them too. */
export class PathWatch {
  readonly #tools: PathWatchTools;
  readonly #node: RpcClient;
  #known = encodePaths([]);
  #asking: Promise<void> | undefined;
  /** Whether the paths can have changed since the node was asked. */
  #isDue = false;
  #isClosed = false;

  constructor(tools: PathWatchTools) {
    this.#tools = tools;
    this.#node = new RpcClient({ socketPath: tools.socketPath, maxConnections: COMMANDS.length });
  }

  /** Asks for the paths. Never rejects: if the node does not respond, the known ones remain. */
  async refresh(): Promise<void> {
    this.#isDue = true;
    this.#asking ??= this.#askWhileDue().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#node.close();
  }

  async #askWhileDue(): Promise<void> {
    while (this.#isDue && !this.#isClosed) {
      this.#isDue = false;
      const registrations = await this.#ask().catch((error: unknown) => this.#report(error));
      if (registrations === undefined || this.#isClosed) continue;
      const text = encodePaths(registrations);
      if (text === this.#known) continue;
      this.#known = text;
      this.#tools.changed(registrations);
    }
  }

  async #ask(): Promise<readonly PathRegistration[]> {
    const lists = await Promise.all(COMMANDS.map((command) => this.#askPlugin(command)));
    return lists.flat();
  }

  async #askPlugin(command: string): Promise<readonly PathRegistration[]> {
    try {
      const text = await this.#node.callText(command, {}, { timeoutMs: TIMEOUT_MS });
      return readPaths(text, LIMITS.urlLength);
    } catch (error) {
      if (error instanceof RpcError && error.code === METHOD_NOT_FOUND) return [];
      throw error;
    }
  }

  /** The watch of the node reports that the node does not respond. */
  #report(error: unknown): undefined {
    if (error instanceof TransportError) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#tools.log(
      'unusual',
      `the registered paths of the node are unknown: ${printable(reason)}`,
    );
  }
}
