import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RpcClient } from '@clnrest/lightningd';
import { freePort } from '@clnrest/testing';
import { NODE_KIND, STARTED } from './node.ts';
import type { NodeProcess } from './node-process.ts';
import { type RealBitcoind, startBitcoind, startLightningdWith } from './real-node.ts';
import { startSandboxProcess } from './sandbox-node.ts';

/** A node that accepts remote peers over TCP and WebSockets: the sandbox or a real lightningd. */
export interface CommandoNode {
  readonly id: string;
  readonly rpc: RpcClient;
  readonly tcp: string;
  readonly webSocket: string;
  rune(...restrictions: readonly string[][]): Promise<string>;
  /** Stops the node and starts it again, with the same id at the same ports. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a node of the selected kind. */
export async function startCommandoNode(kind = NODE_KIND): Promise<CommandoNode> {
  const lightningDir = await mkdtemp(join(tmpdir(), 'clnrest-node-'));
  const [tcpPort, webSocketPort] = [await freePort(), await freePort()];
  const options = [`--bind-addr=127.0.0.1:${tcpPort}`, `--bind-addr=ws:127.0.0.1:${webSocketPort}`];
  const bitcoind = kind === 'lightningd' ? await startBitcoind() : undefined;
  let node = await startProcess(bitcoind, lightningDir, options);
  let rpc = new RpcClient({ socketPath: node.socketPath });
  const { id } = await rpc.call('getinfo');
  const stopNode = async (): Promise<void> => {
    await rpc.close();
    await node.stop();
  };
  return {
    id,
    get rpc() {
      return rpc;
    },
    tcp: `${id}@127.0.0.1:${tcpPort}`,
    webSocket: `${id}@ws://127.0.0.1:${webSocketPort}`,
    rune: async (...restrictions) =>
      (await rpc.call<{ rune: string }>('createrune', { restrictions })).rune,
    async restart() {
      await stopNode();
      node = await startProcess(bitcoind, lightningDir, options);
      rpc = new RpcClient({ socketPath: node.socketPath });
    },
    async stop() {
      await stopNode();
      await bitcoind?.stop();
      await rm(lightningDir, { recursive: true, force: true });
    },
  };
}

async function startProcess(
  bitcoind: RealBitcoind | undefined,
  lightningDir: string,
  options: readonly string[],
): Promise<NodeProcess> {
  const node =
    bitcoind === undefined
      ? await startSandboxProcess(lightningDir, options)
      : await startLightningdWith(bitcoind, lightningDir, options);
  await node.process.line(STARTED);
  return node;
}
