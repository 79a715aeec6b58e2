import type { WorldNode, WorldNodes } from './nodes.ts';
import type { WorldContext } from './context.ts';

/** `out` if our node opened the connection, `in` if the peer did. */
type Direction = 'in' | 'out';

const FIRST_PORT = 9735;

/** The nodes that are connected to ours. */
export class Connections {
  readonly #context: WorldContext;
  readonly #nodes: WorldNodes;
  readonly #connected = new Map<string, Direction>();
  /** Whether a node of the shared world is connected, over the Lightning protocol. */
  isRemote: (id: string) => boolean = () => false;

  constructor(context: WorldContext, nodes: WorldNodes) {
    this.#context = context;
    this.#nodes = nodes;
  }

  has(id: string): boolean {
    return this.#connected.has(id) || this.isRemote(id);
  }

  direction(id: string): Direction | undefined {
    return this.#connected.get(id);
  }

  connected(): WorldNode[] {
    return this.#nodes.all().filter(({ id }) => this.#connected.has(id));
  }

  /** The port that the node appears to use. Nothing listens on it. */
  port(node: WorldNode): number {
    return FIRST_PORT + Number(node.number);
  }

  connect(node: WorldNode, direction: Direction): void {
    if (this.#connected.has(node.id)) return;
    this.#connected.set(node.id, direction);
    this.#context.notifier.native('connect', () => ({
      id: node.id,
      direction,
      address: this.addressJson(node),
    }));
  }

  disconnect(node: WorldNode): void {
    if (!this.#connected.delete(node.id)) return;
    this.#context.notifier.native('disconnect', () => ({ id: node.id }));
  }

  addressJson(node: WorldNode) {
    return { type: 'ipv4', address: '127.0.0.1', port: this.port(node) };
  }
}
