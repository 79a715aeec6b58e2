import type { WorldNode, WorldNodes } from './nodes.ts';
import { logCommitted, type WorldContext } from './context.ts';
import type { NetworkEvents } from './network-events.ts';

/** `out` if our node opened the connection, `in` if the peer did. */
type Direction = 'in' | 'out';

interface Connection {
  readonly direction: Direction;
  /** Nanoseconds of `process.hrtime`. */
  readonly since: bigint;
}

/** An attempt of our node to connect. */
export interface Attempt {
  /** lightningd's reason, such as `connect command "1"`. */
  readonly reason: string;
  /** Nanoseconds of `process.hrtime`. */
  readonly since: bigint;
}

/** An attempt that no command has caused. */
export function reconnection(): Attempt {
  return { reason: 'reconnect by timer', since: process.hrtime.bigint() };
}

/** @param id - of the request, as JSON */
export function connectCommand(id: string): Attempt {
  return { reason: `connect command ${id}`, since: process.hrtime.bigint() };
}

const FIRST_PORT = 9735;

/** The nodes that are connected to ours. */
export class Connections {
  readonly #context: WorldContext;
  readonly #nodes: WorldNodes;
  readonly #events: NetworkEvents;
  readonly #connected = new Map<string, Connection>();
  /** Whether a node of the shared world is connected, over the Lightning protocol. */
  isRemote: (id: string) => boolean = () => false;

  constructor(context: WorldContext, nodes: WorldNodes, events: NetworkEvents) {
    this.#events = events;
    this.#context = context;
    this.#nodes = nodes;
  }

  has(id: string): boolean {
    return this.#connected.has(id) || this.isRemote(id);
  }

  direction(id: string): Direction | undefined {
    return this.#connected.get(id)?.direction;
  }

  connected(): WorldNode[] {
    return this.#nodes.all().filter(({ id }) => this.#connected.has(id));
  }

  /** The port that the node appears to use. Nothing listens on it. */
  port(node: WorldNode): number {
    return FIRST_PORT + Number(node.number);
  }

  /** @param attempt - why we connect, and since when in nanoseconds of `process.hrtime` */
  connect(node: WorldNode, direction: Direction, attempt: Attempt = reconnection()): void {
    if (this.#connected.has(node.id)) return;
    const since = process.hrtime.bigint();
    this.#connected.set(node.id, { direction, since });
    const made =
      direction === 'in' ? {} : { reason: attempt.reason, durationNsec: since - attempt.since };
    this.#events.add({ peerId: node.id, type: 'connect', ...made });
    const source = { source: 'connectd', peer: node.id };
    logCommitted(this.#context, 'debug', source, 'Handed peer, entering loop');
    this.#context.notifier.native('connect', () => ({
      id: node.id,
      direction,
      address: this.addressJson(node),
    }));
  }

  disconnect(node: WorldNode): void {
    const connection = this.#connected.get(node.id);
    if (connection === undefined) return;
    this.#connected.delete(node.id);
    const durationNsec = process.hrtime.bigint() - connection.since;
    this.#events.add({ peerId: node.id, type: 'disconnect', durationNsec });
    this.#context.notifier.native('disconnect', () => ({ id: node.id }));
  }

  addressJson(node: WorldNode) {
    return { type: 'ipv4', address: '127.0.0.1', port: this.port(node) };
  }
}
