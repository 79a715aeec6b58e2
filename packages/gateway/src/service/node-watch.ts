import { connect, type Socket } from 'node:net';
import { RpcClient, RpcError, TransportError } from '@clnrest/lightningd';
import { isSystemError } from '../certificates/files.ts';
import type { Log } from '../http/refusal-log.ts';
import { printable } from '../http/printable.ts';
import { outdatedNodeNotice } from '../outdated-node-notice.ts';

/** Dependencies and settings of a {@link NodeWatch}. */
export interface NodeWatchTools {
  /** The node's socket. */
  readonly socketPath: string;
  /** The network that the node must have, if the operator named one. */
  readonly network: string | undefined;
  readonly log: Log;
  /** Called with the node's id each time it is read. */
  readonly found: (id: string) => void;
  /** Called when the node has another network, or is another node than before. The reason is a sentence. */
  readonly wrongNode: (reason: string) => void;
  /** Milliseconds between two checks while the node responds, and while it does not. Tests change them. */
  readonly intervals?: { readonly available: number; readonly away: number };
}

const INTERVALS = { available: 10_000, away: 1_000 };
/** A node that takes longer counts as away. */
const TIMEOUT_MS = 10_000;

/** Watches the node, and logs when it is available and when it is not. */
export class NodeWatch {
  readonly #tools: NodeWatchTools;
  readonly #node: RpcClient;
  #id: string | undefined;
  /** What was logged last: the line, or `away` for all reasons of a node that does not respond. */
  #state: string | undefined;
  /** The notice about the node's version that was logged last. */
  #notice: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;
  /** A connection that sends nothing. Its end shows that the node stops, also if it is back before the next regular check. */
  #heldConnection: Socket | undefined;
  /** When the last check started that such an end caused, on the clock of `performance.now()`. */
  #checkedAfterEnd = -Infinity;
  #isClosed = false;

  constructor(tools: NodeWatchTools) {
    this.#tools = tools;
    this.#node = new RpcClient({ socketPath: tools.socketPath, maxConnections: 1 });
  }

  /** Checks the node for the first time, and then regularly. Never rejects. */
  async start(): Promise<void> {
    await this.#check();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#heldConnection?.destroy();
    await this.#node.close();
  }

  async #check(): Promise<void> {
    this.#isChecking = true;
    const isAvailable = await this.#ask();
    this.#isChecking = false;
    if (this.#isClosed) return;
    if (isAvailable) this.#holdConnection();
    const { available, away } = this.#intervals;
    this.#checkAfter(isAvailable ? available : away);
  }

  get #intervals(): { readonly available: number; readonly away: number } {
    return this.#tools.intervals ?? INTERVALS;
  }

  #checkAfter(delay: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), delay);
  }

  #holdConnection(): void {
    if (this.#heldConnection !== undefined) return;
    const connection = connect(this.#tools.socketPath);
    this.#heldConnection = connection;
    // The check after the end finds the reason.
    connection.on('error', () => undefined);
    connection.on('close', () => {
      this.#heldConnection = undefined;
      if (this.#isClosed || this.#isChecking) return;
      // Something that ends each connection must not make the gateway check all the time.
      const { away } = this.#intervals;
      const now = performance.now();
      const isFrequent = now - this.#checkedAfterEnd < away;
      if (!isFrequent) this.#checkedAfterEnd = now;
      this.#checkAfter(isFrequent ? away : 0);
    });
  }

  async #ask(): Promise<boolean> {
    const { socketPath, network, found: onFound, wrongNode } = this.#tools;
    try {
      const info = await this.#node.call('getinfo', {}, { timeoutMs: TIMEOUT_MS });
      const { id, network: found, version }: Partial<typeof info> = info;
      if (network !== undefined && network !== found) {
        wrongNode(
          `the node at ${socketPath} is on the network ${printable(String(found))}, not on ${network}: change \`--network\` or \`--rpc-file\``,
        );
        return true;
      }
      if (this.#id !== undefined && this.#id !== id) {
        wrongNode(`another node listens at ${socketPath} now: start the gateway again for it`);
        return true;
      }
      if (id !== undefined) {
        this.#id = id;
        onFound(id);
      }
      const words = [shownId(id), printable(String(version)), printable(String(found))];
      this.#report('info', `the node ${words.join(', ')} is available at ${socketPath}`);
      const outdated = outdatedNodeNotice(version);
      if (outdated !== undefined) this.#reportOnce(outdated);
      return true;
    } catch (error) {
      if (this.#isClosed) return false;
      const reason = this.#reasonOf(error);
      // While a node stops and starts, the reasons differ: a connection that ends, a missing socket, a socket that refuses.
      this.#report('unusual', reason, isPermission(error) ? reason : 'away');
      return false;
    }
  }

  #reasonOf(error: unknown): string {
    const { socketPath } = this.#tools;
    const again = 'REST returns 503 until the node responds';
    if (isPermission(error)) {
      return `this user has no permission to connect to ${socketPath}: run the gateway as the user of the node, or set rpc-file-mode=0660 in the node's configuration and add this user to the group of the socket. ${again}`;
    }
    if (error instanceof TransportError || error instanceof RpcError) {
      return `the node at ${socketPath} is not available: ${printable(error.message)}. ${again}`;
    }
    throw error;
  }

  /** Logs a line unless it was the last one of this method. */
  #reportOnce(line: string): void {
    if (line === this.#notice) return;
    this.#notice = line;
    this.#tools.log('unusual', line);
  }

  #report(level: 'info' | 'unusual', line: string, state = line): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#tools.log(level, line);
  }
}

function isPermission(error: unknown): boolean {
  return isSystemError((error as Error).cause, 'EACCES');
}

/** A node id is public, but as long as a secret. */
function shownId(id: unknown): string {
  const text = String(id);
  return /^0[23][0-9a-f]{64}$/.test(text) ? text : printable(text);
}
