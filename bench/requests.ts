import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort } from '@clnrest/testing';
import type { TestNode } from '../test/support/node.ts';
import { HttpLane } from './http-lane.ts';
import { type Figures, measure, median, middle } from './measure.ts';

/** Numbers of requests in flight. */
export const WIDTHS = [1, 8, 32, 128] as const;

/** The servers and bounds that are compared. */
export type Contender = 'gateway' | 'proxy' | 'socket' | 'rust';

export interface Row {
  readonly inFlight: number;
  /** The medians of several rounds. Without `rust` if the environment does not name the built-in plugin. */
  readonly figures: Readonly<Partial<Record<Contender, Figures>>>;
  /** The gateway's requests a second, divided by those of each contender: the median of the ratios within one round. */
  readonly ratios: Readonly<Partial<Record<Contender, number>>>;
}

/** Runs a number of requests at once for some seconds. */
export type Run = (inFlight: number, seconds: number) => Promise<Figures>;

/**
 * Measures `POST /v1/getinfo` over kept TLS connections, in interleaved rounds:
 * - by the gateway;
 * - by a minimal proxy, which checks nothing;
 * - by the built-in plugin on the same node, if `CLNREST_RUST` names it;
 * - the command and `checkrune` directly on the node's socket.
 */
export async function benchRequests(
  node: TestNode,
  seconds: number,
  rounds: number,
): Promise<Row[]> {
  const rune = await node.rune(['method=getinfo']);
  const { contenders, stop } = await startContenders(node, rune);
  try {
    const rows: Row[] = [];
    for (const inFlight of WIDTHS) {
      const all = new Map<Contender, Figures[]>([...contenders.keys()].map((name) => [name, []]));
      for (let round = 0; round < rounds; round++) {
        for (const [name, run] of contenders) all.get(name)?.push(await run(inFlight, seconds));
      }
      const figures = Object.fromEntries([...all].map(([name, each]) => [name, middle(each)]));
      const gateway = all.get('gateway') ?? [];
      const ratios = Object.fromEntries(
        [...all].map(([name, each]) => [name, medianRatio(gateway, each)]),
      );
      rows.push({ inFlight, figures, ratios });
    }
    return rows;
  } finally {
    await stop();
  }
}

async function startContenders(node: TestNode, rune: string) {
  const contenders = new Map<Contender, Run>();
  const certificates = dirname(node.caFile);
  const socketPath = join(node.lightningDir, 'regtest', 'lightning-rpc');
  const ca = readFileSync(node.caFile);
  contenders.set('gateway', overHttps(new URL(node.url), ca, rune));

  const proxy = fork('scripts/run.mjs', ['bench/minimal-proxy.ts', socketPath, certificates]);
  const [{ port }] = (await once(proxy, 'message')) as [{ port: number }];
  contenders.set('proxy', overHttps(new URL(`https://127.0.0.1:${port}`), ca, rune));

  const rust = process.env['CLNREST_RUST'];
  if (rust !== undefined) {
    const rustPort = await freePort();
    await node.rpc.call('plugin', {
      subcommand: 'start',
      plugin: rust,
      'clnrest-port': rustPort,
      'clnrest-certs': certificates,
    });
    contenders.set('rust', overHttps(new URL(`https://127.0.0.1:${rustPort}`), ca, rune));
  }

  contenders.set('socket', (inFlight, seconds) => overSocket(node, rune, inFlight, seconds));
  const stop = async (): Promise<void> => {
    proxy.disconnect();
    if (rust !== undefined) await node.rpc.call('plugin', { subcommand: 'stop', plugin: rust });
  };
  return { contenders, stop };
}

async function overSocket(
  node: TestNode,
  rune: string,
  width: number,
  seconds: number,
): Promise<Figures> {
  const checks = node.rpc.pipeline({ batching: true });
  const params = `{"rune":${JSON.stringify(rune)},"method":"getinfo","params":{}}`;
  const once = async (): Promise<void> => {
    await checks.callText('checkrune', params);
    await node.rpc.callText('getinfo', '{}');
  };
  try {
    return await measure(
      Array.from({ length: width }, () => once),
      seconds,
    );
  } finally {
    await checks.close();
  }
}

/** Sends `POST /v1/getinfo` over kept TLS connections. */
export function overHttps(url: URL, ca: Buffer, rune: string): Run {
  const request = `POST /v1/getinfo HTTP/1.1\r\nHost: ${url.host}\r\nRune: ${rune}\r\nContent-Length: 0\r\n\r\n`;
  return async (inFlight, seconds) => {
    const lanes = await Promise.all(
      Array.from({ length: inFlight }, () => HttpLane.open(url, ca, request)),
    );
    try {
      return await measure(
        lanes.map((lane) => () => lane.exchange()),
        seconds,
      );
    } finally {
      for (const lane of lanes) lane.close();
    }
  };
}

/** Rounds next to each other have the same load from other programs. */
function medianRatio(gateway: readonly Figures[], other: readonly Figures[]): number {
  return median(other.map(({ perSecond }, round) => (gateway[round]?.perSecond ?? 0) / perSecond));
}
