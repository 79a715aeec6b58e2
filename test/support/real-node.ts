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

/** A Bitcoin node on regtest with a funded wallet. */
export interface RealBitcoind {
  /** The options with which lightningd uses this node. */
  readonly lightningdOptions: readonly string[];
  /** Runs a command of bitcoin-cli, and returns its output. */
  cli(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Starts bitcoind and lightningd on regtest. */
export async function startLightningd(
  lightningDir: string,
  options: readonly string[],
): Promise<NodeProcess> {
  const bitcoind = await startBitcoind();
  const lightningd = await startLightningdWith(bitcoind, lightningDir, options);
  return {
    ...lightningd,
    stop: async () => {
      await lightningd.stop();
      await bitcoind.stop();
    },
  };
}

/** Starts bitcoind on regtest, and mines 101 blocks for its wallet. */
export async function startBitcoind(): Promise<RealBitcoind> {
  const programs = requiredPrograms();
  const bitcoinDir = await mkdtemp(join(tmpdir(), 'clnrest-bitcoin-'));
  const [rpcPort, p2pPort] = [await freePort(), await freePort()];
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
  const cli = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await execute(programs.bitcoinCli, [...bitcoinOptions, ...args]);
    return stdout.trim();
  };
  try {
    await cli('-rpcwait', '-rpcwaittimeout=30', 'createwallet', 'w');
    await cli('-generate', '101');
  } catch (error) {
    await bitcoind.stop();
    throw error;
  }
  return {
    lightningdOptions: [
      `--bitcoin-cli=${programs.bitcoinCli}`,
      `--bitcoin-datadir=${bitcoinDir}`,
      '--bitcoin-rpcconnect=127.0.0.1',
      `--bitcoin-rpcport=${rpcPort}`,
      '--bitcoin-rpcuser=test',
      '--bitcoin-rpcpassword=test',
    ],
    cli,
    stop: async () => {
      await bitcoind.stop();
      await rm(bitcoinDir, { recursive: true, force: true });
    },
  };
}

/** Starts lightningd on a running bitcoind. */
export async function startLightningdWith(
  bitcoind: RealBitcoind,
  lightningDir: string,
  options: readonly string[],
): Promise<NodeProcess & { readonly port: number }> {
  const port = await freePort();
  await mkdir(lightningDir, { recursive: true });
  const lightningd = new TestProcess(requiredPrograms().lightningd, [
    '--network=regtest',
    `--lightning-dir=${lightningDir}`,
    `--bind-addr=127.0.0.1:${port}`,
    ...bitcoind.lightningdOptions,
    '--log-level=debug',
    ...options,
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

function requiredPrograms(): RealPrograms {
  const programs = realPrograms();
  if ('missing' in programs) throw new Error(`not set: ${programs.missing.join(', ')}`);
  return programs;
}
