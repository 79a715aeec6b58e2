import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { join } from 'node:path';
import type { NodeProcess } from './node-process.ts';
import { freePort } from '@clnrest/testing';
import { TestProcess } from './process.ts';

const execute = promisify(execFile);

/** The paths of the programs of a real node. They come from the environment. */
export interface RealPrograms {
  readonly lightningd: string;
  readonly lightningCli: string;
  readonly bitcoind: string;
  readonly bitcoinCli: string;
}

/** Returns the programs, or the names of the variables that are not set. */
export function realPrograms(): RealPrograms | { readonly missing: readonly string[] } {
  const names = ['LIGHTNINGD', 'LIGHTNING_CLI', 'BITCOIND', 'BITCOIN_CLI'] as const;
  const [lightningd, lightningCli, bitcoind, bitcoinCli] = names.map((name) => process.env[name]);
  if (!lightningd || !lightningCli || !bitcoind || !bitcoinCli) {
    return { missing: names.filter((name) => !process.env[name]) };
  }
  return { lightningd, lightningCli, bitcoind, bitcoinCli };
}

/** Returns why the selected node cannot run; undefined if it can. */
export function missingForNode(): string | undefined {
  if (process.env['CLNREST_TEST_NODE'] !== 'lightningd') return undefined;
  const programs = realPrograms();
  return 'missing' in programs
    ? `not set in the environment: ${programs.missing.join(', ')}`
    : undefined;
}

/** A real node with a bitcoind of its own. */
export interface RealNode extends NodeProcess {
  /** Runs bitcoin-cli. Resolves with its output. */
  bitcoin(...args: readonly string[]): Promise<string>;
  /** The options with which another lightningd uses the same bitcoind. */
  readonly chainOptions: readonly string[];
}

/** Starts a lightningd on the chain of another node. */
export async function startNeighbour(
  lightningDir: string,
  { chainOptions }: RealNode,
): Promise<NodeProcess & { readonly port: number }> {
  const programs = realPrograms();
  if ('missing' in programs) throw new Error(`not set: ${programs.missing.join(', ')}`);
  const port = await freePort();
  const lightningd = new TestProcess(programs.lightningd, [
    '--network=regtest',
    `--lightning-dir=${lightningDir}`,
    `--bind-addr=127.0.0.1:${port}`,
    ...chainOptions,
  ]);
  return {
    socketPath: join(lightningDir, 'regtest', 'lightning-rpc'),
    process: lightningd,
    port,
    stop: async () => {
      await lightningd.stop();
    },
  };
}

/** Starts bitcoind and lightningd on regtest. */
export async function startLightningd(
  lightningDir: string,
  options: readonly string[],
): Promise<RealNode> {
  const programs = realPrograms();
  if ('missing' in programs) throw new Error(`not set: ${programs.missing.join(', ')}`);
  const bitcoinDir = await mkdtemp(join(tmpdir(), 'clnrest-bitcoin-'));
  const [rpcPort, p2pPort, nodePort] = [await freePort(), await freePort(), await freePort()];
  const bitcoinOptions = [
    '-regtest',
    `-datadir=${bitcoinDir}`,
    `-rpcport=${rpcPort}`,
    '-rpcuser=test',
    '-rpcpassword=test',
  ];
  const bitcoind = new TestProcess(programs.bitcoind, [
    ...bitcoinOptions,
    '-server=1',
    '-printtoconsole=0',
    '-dnsseed=0',
    '-fixedseeds=0',
    '-natpmp=0',
    '-listenonion=0',
    `-bind=127.0.0.1:${p2pPort}`,
    '-rpcbind=127.0.0.1',
    '-rpcallowip=127.0.0.1',
    '-fallbackfee=0.00001',
  ]);
  try {
    const wait = ['-rpcwait', '-rpcwaittimeout=30'];
    await execute(programs.bitcoinCli, [...bitcoinOptions, ...wait, 'createwallet', 'w']);
    await execute(programs.bitcoinCli, [...bitcoinOptions, '-generate', '101']);
  } catch (error) {
    await bitcoind.stop();
    throw error;
  }

  const chainOptions = [
    `--bitcoin-cli=${programs.bitcoinCli}`,
    `--bitcoin-datadir=${bitcoinDir}`,
    '--bitcoin-rpcconnect=127.0.0.1',
    `--bitcoin-rpcport=${rpcPort}`,
    '--bitcoin-rpcuser=test',
    '--bitcoin-rpcpassword=test',
  ];
  await mkdir(lightningDir, { recursive: true });
  const lightningd = new TestProcess(programs.lightningd, [
    '--network=regtest',
    `--lightning-dir=${lightningDir}`,
    `--bind-addr=127.0.0.1:${nodePort}`,
    ...chainOptions,
    '--log-level=debug',
    ...options,
  ]);
  return {
    socketPath: join(lightningDir, 'regtest', 'lightning-rpc'),
    process: lightningd,
    chainOptions,
    bitcoin: async (...args) =>
      (await execute(programs.bitcoinCli, [...bitcoinOptions, ...args])).stdout,
    stop: async () => {
      await lightningd.stop();
      await bitcoind.stop();
      await rm(bitcoinDir, { recursive: true, force: true });
    },
  };
}
