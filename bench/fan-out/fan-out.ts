import type { TestNode } from '../../test/support/node.ts';
import { median } from '../measure.ts';
import { Program, type Message } from './program.ts';

/** Numbers of subscribers. The last is the gateway's limit. */
const SUBSCRIBERS = [1_000, 10_000] as const;
const ROUNDS = 11;

/** The result of one notification to many subscribers. */
export interface FanOut {
  readonly transport: 'websocket' | 'events';
  readonly subscribers: number;
  /** Milliseconds until the last subscriber received it: the median of several rounds. */
  readonly gateway: number;
  readonly bare: number;
  /** Bytes of memory per subscriber. */
  readonly gatewayMemory: number;
  readonly bareMemory: number;
}

/** Measures one notification to many subscribers, and the same bytes from a bare server. */
export async function benchFanOut(node: TestNode): Promise<FanOut[]> {
  const rune = await node.rune(['method=listclnrest-notifications']);
  const socketPath = `${node.lightningDir}/regtest/lightning-rpc`;
  const rows: FanOut[] = [];
  for (const transport of ['websocket', 'events'] as const) {
    for (const subscribers of SUBSCRIBERS) {
      const bare = await measureCrowd(new Program('bare'), 'bare', subscribers, '');
      const gateway = await measureCrowd(
        new Program('gateway', socketPath),
        transport,
        subscribers,
        rune,
      );
      rows.push({
        transport,
        subscribers,
        gateway: gateway.ms,
        bare: bare.ms,
        gatewayMemory: gateway.memory,
        bareMemory: bare.memory,
      });
    }
  }
  return rows;
}

async function measureCrowd(server: Program, kind: string, subscribers: number, rune: string) {
  const { port } = await server.receive(isPort);
  const crowd = new Program('crowd', kind, String(port), rune);
  try {
    const empty = await server.request({}, isMemory);
    await crowd.request({ members: subscribers }, isConnected);
    const full = await server.request({}, isMemory);
    const times: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      await crowd.request({ next: round }, isConnected);
      const sent = await server.request({ round }, isRound);
      const received = await crowd.receive(isRound);
      times.push(Number(BigInt(received.at) - BigInt(sent.at)) / 1e6);
    }
    // The first round is a warm-up.
    return { ms: median(times.slice(1)), memory: (full.memory - empty.memory) / subscribers };
  } finally {
    crowd.end();
    server.end();
  }
}

const isPort = (message: Message) => 'port' in message;
const isMemory = (message: Message) => 'memory' in message;
const isConnected = (message: Message) => 'connected' in message;
const isRound = (message: Message) => 'round' in message;
