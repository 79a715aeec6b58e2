import type { TestNode } from '../../test/support/node.ts';
import { middle } from '../measure.ts';
import { Program, type Said } from './program.ts';

/** How many listen. The gateway admits no more than the last. */
const CROWDS = [1_000, 10_000] as const;
const ROUNDS = 11;

/** How one notification reached a crowd. */
export interface FanOut {
  readonly transport: 'websocket' | 'events';
  readonly listeners: number;
  /** Milliseconds until the last one had it, the middle of several rounds. */
  readonly gateway: number;
  readonly bare: number;
  /** Bytes of memory a listener. */
  readonly gatewayMemory: number;
  readonly bareMemory: number;
}

/** One notification to many listeners, and the same bytes from a bare server to as many connections. */
export async function benchFanOut(node: TestNode): Promise<FanOut[]> {
  const rune = await node.rune(['method=listclnrest-notifications']);
  const socketPath = `${node.lightningDir}/regtest/lightning-rpc`;
  const rows: FanOut[] = [];
  for (const transport of ['websocket', 'events'] as const) {
    for (const listeners of CROWDS) {
      const bare = await toll(new Program('bare'), 'bare', listeners, '');
      const gateway = await toll(new Program('gateway', socketPath), transport, listeners, rune);
      rows.push({
        transport,
        listeners,
        gateway: gateway.ms,
        bare: bare.ms,
        gatewayMemory: gateway.memory,
        bareMemory: bare.memory,
      });
    }
  }
  return rows;
}

async function toll(server: Program, kind: string, listeners: number, rune: string) {
  const { port } = await server.hear(isPort);
  const crowd = new Program('crowd', kind, String(port), rune);
  try {
    const empty = await server.ask({}, isMemory);
    await crowd.ask({ members: listeners }, isConnected);
    const full = await server.ask({}, isMemory);
    const times: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      await crowd.ask({ next: round }, isConnected);
      const toldAt = await server.ask({ round }, isRound);
      const heard = await crowd.hear(isRound);
      times.push(Number(BigInt(heard.at) - BigInt(toldAt.at)) / 1e6);
    }
    // The first warms up.
    return { ms: middle(times.slice(1)), memory: (full.memory - empty.memory) / listeners };
  } finally {
    crowd.end();
    server.end();
  }
}

const isPort = (said: Said) => 'port' in said;
const isMemory = (said: Said) => 'memory' in said;
const isConnected = (said: Said) => 'connected' in said;
const isRound = (said: Said) => 'round' in said;
