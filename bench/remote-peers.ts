import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandoClient } from '@clnrest/commando';
import { builds } from '@clnrest/gateway/builds';
import { RpcClient } from '@clnrest/lightningd';
import { freePort } from '@clnrest/testing';
import type { NodeProcess } from '../test/support/node-process.ts';
import { SERVING, STARTED } from '../test/support/node.ts';
import {
  type RealBitcoind,
  realPrograms,
  startBitcoind,
  startLightningdWith,
} from '../test/support/real-node.ts';
import { startSandboxProcess } from '../test/support/sandbox-node.ts';
import { pluginFile } from '../test/support/under-test.ts';
import { type Figures, measure, middle } from './measure.ts';
import { overHttps, type Run } from './requests.ts';

/** Numbers of calls in flight. */
const WIDTHS = [1, 16] as const;
const ROUNDS = 3;
const PLUGIN = builds.rest;

/** How `getinfo` reaches a node. */
export type Way = 'REST' | 'commando' | 'command commando of another node';

export interface PeerRow {
  readonly node: 'sandbox' | 'lightningd';
  readonly inFlight: number;
  readonly way: Way;
  readonly figures: Figures;
}

/**
 * Measures `getinfo` over REST and over commando, on the sandbox and on a real node, and by the command `commando` of a second real
 * node. Without the programs of a real node, only on the sandbox.
 */
export async function benchRemotePeers(seconds: number): Promise<readonly PeerRow[]> {
  const rows = await benchNode('sandbox', undefined, seconds);
  if ('missing' in realPrograms()) return rows;
  const bitcoind = await startBitcoind();
  try {
    return [...rows, ...(await benchNode('lightningd', bitcoind, seconds))];
  } finally {
    await bitcoind.stop();
  }
}

async function benchNode(
  kind: PeerRow['node'],
  bitcoind: RealBitcoind | undefined,
  seconds: number,
): Promise<PeerRow[]> {
  const node = await startNode(bitcoind);
  const other = bitcoind === undefined ? undefined : await startNode(bitcoind);
  try {
    const ways = await waysTo(node, other);
    const rows: PeerRow[] = [];
    for (const inFlight of WIDTHS) {
      const all = new Map<Way, Figures[]>([...ways.keys()].map((way) => [way, []]));
      for (let round = 0; round < ROUNDS; round++) {
        for (const [way, run] of ways) all.get(way)?.push(await run(inFlight, seconds));
      }
      for (const [way, each] of all) {
        rows.push({ node: kind, inFlight, way, figures: middle(each) });
      }
    }
    return rows;
  } finally {
    await other?.stop();
    await node.stop();
  }
}

interface PeerNode {
  readonly id: string;
  readonly address: string;
  readonly rpc: RpcClient;
  readonly url: string;
  readonly caFile: string;
  stop(): Promise<void>;
}

async function startNode(bitcoind: RealBitcoind | undefined): Promise<PeerNode> {
  const directory = await mkdtemp(join(tmpdir(), 'clnrest-bench-'));
  const [port, restPort] = [await freePort(), await freePort()];
  const options = [
    `--bind-addr=127.0.0.1:${port}`,
    `--plugin=${pluginFile(PLUGIN)}`,
    `--${PLUGIN.prefix}-port=${restPort}`,
  ];
  const node: NodeProcess =
    bitcoind === undefined
      ? await startSandboxProcess(directory, options)
      : await startLightningdWith(bitcoind, directory, options);
  const [, url = ''] = await node.process.line(SERVING);
  await node.process.line(STARTED);
  const rpc = new RpcClient({ socketPath: node.socketPath });
  const { id } = await rpc.call('getinfo');
  return {
    id,
    address: `${id}@127.0.0.1:${port}`,
    rpc,
    url,
    caFile: join(directory, 'regtest', PLUGIN.certificates, 'ca.pem'),
    stop: async () => {
      await rpc.close();
      await node.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function waysTo(node: PeerNode, other: PeerNode | undefined): Promise<Map<Way, Run>> {
  const { rune } = await node.rpc.call('createrune', { restrictions: [['method=getinfo']] });
  const ways = new Map<Way, Run>([
    ['REST', overHttps(new URL(node.url), readFileSync(node.caFile), rune)],
    ['commando', (inFlight, seconds) => overCommando(node.address, rune, inFlight, seconds)],
  ]);
  if (other === undefined) return ways;
  await other.rpc.call('connect', { id: node.address });
  const params = JSON.stringify({ peer_id: node.id, method: 'getinfo', params: {}, rune });
  const call = async (): Promise<void> => void (await other.rpc.callText('commando', params));
  ways.set('command commando of another node', (inFlight, seconds) =>
    measure(
      Array.from({ length: inFlight }, () => call),
      seconds,
    ),
  );
  return ways;
}

async function overCommando(
  address: string,
  rune: string,
  inFlight: number,
  seconds: number,
): Promise<Figures> {
  const client = new CommandoClient({ address, rune });
  const call = async (): Promise<void> => void (await client.callText('getinfo'));
  try {
    return await measure(
      Array.from({ length: inFlight }, () => call),
      seconds,
    );
  } finally {
    client.close();
  }
}
